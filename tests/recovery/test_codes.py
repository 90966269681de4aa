"""Recovery codes: how they look, how they are read, and that each is good once."""

import re
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from microblog.audit.models import Event
from microblog.auth.errors import RecoveredLately
from microblog.auth.models import SignInSession
from microblog.db import Database
from microblog.identity import Account, BackupEmail, ChangedMeanwhile
from microblog.mail import Email
from microblog.origin import Origin
from microblog.recovery import BadCode, read_code
from microblog.recovery.codes import ALPHABET, LENGTH, codes_left, end_codes, holder_of, make_codes, new_code, use_code
from microblog.recovery.errors import WrongCode
from microblog.recovery.models import RecoveryCode
from support.clock import NOON
from support.refusing import refused

KEY, OLD_KEY = b"the key of today", b"the key of last year"
ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24")
PRINTED = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}")


@pytest.fixture
def alice(database: Database) -> Account:
    """A member, with a second address."""
    with database.writing() as session:
        account = Account(
            username="Alice",
            username_key="alice",
            email="Alice@example.com",
            email_key="alice@example.com",
            password_hash="before",
            created_at=NOON,
        )
        session.add(account)
        session.flush()
        home = "alice@home.example"
        session.add(BackupEmail(account_id=account.id, email=home, email_key=home, added_at=NOON))
    return account


def made(database: Database, account: Account, keys: Sequence[bytes] = (KEY,)) -> list[str]:
    """Make ten codes."""
    with database.writing() as session:
        return [read_code(code) for code in make_codes(session, keys, account, NOON, ORIGIN)]


def use(database: Database, account: Account, code: str, keys: Sequence[bytes] = (KEY,), new: str = "after") -> int:
    """Use a code."""
    with database.writing() as session:
        return use_code(session, keys, account, code, new, NOON, ORIGIN)


def test_a_code_has_more_bits_than_a_plain_keyed_hash_needs_and_is_printed_in_groups() -> None:
    assert len(set(ALPHABET)) ** LENGTH >= 2**112
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(PRINTED.fullmatch(code) for code in codes)
    assert set("".join(codes)) == {*ALPHABET, "-"}


CODE = "0123456789ABCDEFGHJKMNPQ"


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF-GHJK-MNPQ",
        CODE.lower(),
        "  o123 4567 89ab\tcdef ghjk mnpq ",
        "OI23–4567—89AB‐CDEF‑GHJK-MNPQ",
        "0l23-4567-89ab-cdef-ghjk-mnpq",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "0123", CODE[:-1], CODE + "0", CODE[:-1] + "U", CODE[:-1] + "é", CODE[:-1] + "*"]
)
def test_what_can_be_no_code_is_refused_with_what_one_looks_like(typed: str) -> None:
    with refused(BadCode, "24 letters and digits"):
        read_code(typed)


def test_ten_codes_are_made_only_hashes_are_kept_and_both_addresses_are_told(
    database: Database, alice: Account
) -> None:
    codes = made(database, alice)
    assert len(set(codes)) == 10
    with database.reading() as session:
        assert codes_left(session, alice.id).number == 10
        kept = set(session.scalars(select(RecoveryCode.code_hash)))
        letters = list(session.scalars(select(Email)))
        (event,) = session.scalars(select(Event))
    assert len(kept) == 10
    assert not any(code in hashed for code in codes for hashed in kept)
    assert sorted(letter.to for letter in letters) == ["Alice@example.com", "alice@home.example"]
    assert {letter.kind for letter in letters} == {"recovery_codes_made"}
    assert not any(code in str(letter.payload) for letter in letters for code in codes)
    assert (event.kind, event.device, event.network) == ("recovery_codes_made", ORIGIN.device, ORIGIN.network)


def test_new_codes_take_the_place_of_all_before(database: Database, alice: Account) -> None:
    old, new = made(database, alice), made(database, alice)
    with database.reading() as session:
        assert codes_left(session, alice.id).number == 10
        assert [holder_of(session, [KEY], "alice", code) for code in old] == [None] * 10
        assert all(holder_of(session, [KEY], "alice", code) for code in new)


def test_a_code_belongs_to_one_account_by_any_of_its_names(database: Database, alice: Account) -> None:
    code = made(database, alice)[0]
    with database.writing() as session:
        bob = Account(
            username="bob", username_key="bob", email="b@b.b", email_key="b@b.b", password_hash="x", created_at=NOON
        )
        session.add(bob)
    with database.reading() as session:
        for name in ("alice", " ALICE@example.com", "alice@home.example"):
            assert holder_of(session, [KEY], name, code)
        for name in ("bob", "nobody", "nobody@example.com"):
            assert holder_of(session, [KEY], name, code) is None
    with pytest.raises(WrongCode):
        use(database, bob, code)


def test_a_used_code_sets_the_password_ends_logins_is_noted_and_told_and_works_once(
    database: Database, alice: Account
) -> None:
    codes = made(database, alice)
    login = SignInSession(
        account_id=alice.id, secret_hash="x", remembered=True, created_at=NOON, expires_at=NOON, seen_at=NOON
    )
    with database.writing() as session:
        session.add(login)
        session.get_one(Account, alice.id).muted_until = NOON
    assert use(database, alice, codes[3]) == 9
    with database.reading() as session:
        account = session.get_one(Account, alice.id)
        assert (account.password_hash, account.recovered_at, account.muted_until) == ("after", NOON, None)
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        told = session.scalars(select(Email.to).where(Email.kind == "password_changed").order_by(Email.id)).all()
    assert event
    assert (event.kind, event.detail, event.account_id) == ("recovery_code_used", "codes_left:9", alice.id)
    assert told == ["Alice@example.com", "alice@home.example"]
    with pytest.raises(WrongCode):
        use(database, alice, codes[3], new="once more")
    with database.reading() as session:
        assert session.get_one(Account, alice.id).password_hash == "after"


def test_codes_made_under_an_older_key_work_while_it_still_verifies(database: Database, alice: Account) -> None:
    codes = made(database, alice, [OLD_KEY])
    with pytest.raises(WrongCode):
        use(database, alice, codes[0], [KEY])
    assert use(database, alice, codes[0], [KEY, OLD_KEY]) == 9


def test_a_deactivated_account_is_opened_by_no_code(database: Database, alice: Account) -> None:
    code = made(database, alice)[0]
    with database.writing() as session:
        session.get_one(Account, alice.id).deactivated_at = NOON
    with database.reading() as session:
        assert holder_of(session, [KEY], "alice", code) is None
    with pytest.raises(WrongCode):
        use(database, alice, code)


def test_of_two_that_use_one_code_at_once_one_does(database: Database, alice: Account) -> None:
    code = made(database, alice)[0]
    together, outcomes = threading.Barrier(4), list[str]()

    def press(number: int) -> None:
        together.wait(30)
        try:
            use(database, alice, code, new=f"by {number}")
            outcomes.append(f"by {number}")
        except WrongCode:
            outcomes.append("refused")

    threads = [threading.Thread(target=press, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count("refused") == 3
    with database.reading() as session:
        assert session.get_one(Account, alice.id).password_hash in outcomes
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 9


def test_no_codes_are_made_within_a_day_of_a_recovery_or_after_the_password_changed(
    database: Database, alice: Account
) -> None:
    with database.writing() as session:
        session.get_one(Account, alice.id).recovered_at = NOON - timedelta(hours=23)
    with refused(RecoveredLately, "works again from 13:00 UTC on 22 November"):
        made(database, alice)
    with database.writing() as session:
        session.get_one(Account, alice.id).recovered_at = NOON - timedelta(hours=24)
    assert made(database, alice)
    with database.writing() as session:
        session.get_one(Account, alice.id).password_hash = "another"
    with pytest.raises(ChangedMeanwhile):
        made(database, alice)


def test_codes_end_together_and_go_with_their_account(database: Database, alice: Account) -> None:
    made(database, alice)
    with database.writing() as session:
        end_codes(session, alice.id)
        assert codes_left(session, alice.id).number == 0
    made(database, alice)
    with database.writing() as session:
        session.delete(session.get_one(Account, alice.id))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0

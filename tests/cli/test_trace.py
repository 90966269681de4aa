"""`microblog trace`: everything that happened with one address, in order."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import update

from microblog.audit import EventType, hash_identifier, record
from microblog.clock import system_clock
from microblog.contact.models import PendingBackupEmail
from microblog.db import Database
from microblog.identity import Account, BackupEmail
from microblog.mail import State
from microblog.ops.trace import trace
from microblog.origin import Origin
from microblog.recovery import reset_allowance
from microblog.registration.models import SignUp
from microblog.settings import load
from support.clock import NOON
from support.commands import run_command
from support.outbox import put_email
from support.plans import listening

ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24")
FACT = "a fact nobody may see"
ALICE, HOME = "alice@example.com", "alice@home.example"
Run = Callable[[str], Result]


@pytest.mark.parametrize("letters", [1, 60])
def test_it_asks_the_database_as_often_for_many_emails_as_for_one(
    database: Database, environ: dict[str, str], letters: int
) -> None:
    for _ in range(letters):
        put_email(database, State.SENT, "421 busy", "250 taken", to=ALICE)
    with database.reading() as session, listening(session) as asked:
        found = trace(session, load(environ), ALICE, NOON, 500)
    assert len(found.steps) == 3 * letters
    assert len(asked) < 15


@pytest.fixture
def environ(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {"MICROBLOG_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url}


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    """Runs a command on the database of the test."""
    return lambda words: run_command(words, environ)


@pytest.fixture
def earlier() -> datetime:
    """An hour ago, by the command's own clock."""
    return system_clock().replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture
def alice(database: Database, earlier: datetime) -> int:
    """A member with a second address; returns her number."""
    with database.writing() as session:
        account = Account(
            username="Alice",
            username_key="alice",
            email="Alice@example.com",
            email_key=ALICE,
            password_hash="a hash nobody may see",
            created_at=earlier - timedelta(days=9),
        )
        session.add(account)
        session.flush()
        session.add(BackupEmail(account_id=account.id, email=HOME, email_key=HOME, added_at=earlier))
    return account.id


def happened(database: Database, kind: EventType, at: datetime, account: int | None = None, **more: Any) -> None:
    with database.writing() as session:
        record(session, account, kind, at, origin=ORIGIN, **more)


def told(result: Result) -> list[str]:
    """The lines of a trace, without the moments they begin with."""
    assert (result.exit_code, result.stderr) == (0, "")
    return [line[21:] if line[:2] == "20" else line for line in result.stdout.splitlines()]


def last(result: Result) -> str:
    """The conclusion, in one line."""
    assert result.exit_code == 0
    return " ".join(result.stdout.rstrip("\n").rpartition("\n\n")[2].split())


def test_everything_of_an_account_is_told_in_order_of_time(
    run: Run, database: Database, alice: int, earlier: datetime
) -> None:
    number = put_email(database, State.SENT, "450 later", "250 OK queued", to="Alice@example.com", queued_at=earlier)
    put_email(database, State.DROPPED, to="alice", queued_at=earlier + timedelta(minutes=5), reason="repeated")
    put_email(database, State.SENT, "250 OK", to=HOME, queued_at=earlier + timedelta(minutes=8))
    put_email(database, State.SENT, "250 OK", to="bob@example.com", queued_at=earlier)
    happened(database, EventType.RESET_REQUESTED, earlier - timedelta(seconds=1), alice, email_id=number)
    happened(database, EventType.SIGN_IN_REFUSED, earlier + timedelta(minutes=7), alice, detail="wrong_password")
    happened(database, EventType.SIGNED_IN, earlier, alice + 1 if alice > 1 else None)
    result = run("trace ALICE@example.com")
    rest = "Firefox on Windows, network 192.0.2.0/24"
    lines = told(result)
    start = lines.index("") + 1
    who = " ".join(lines[: start - 1])
    assert who.startswith("Alice, address Alice@example.com, second address alice@home.example, member since ")
    shown = "\n".join(lines[start : lines.index("", start)])
    assert [" ".join(line.split()) for line in joined(shown)] == [
        f"event Somebody asked for a password reset email, {rest}",
        f"letter {number} reset_password posted to Alice@example.com",
        f"letter {number} try 1: 450 later (waiting)",
        f"letter {number} try 2: 250 OK queued (sent)",
        f"letter {number + 1} reset_password posted to alice",
        f"letter {number + 1} dropped, asked for twice",
        f"event A failed sign-in, wrong password, {rest}",
        f"letter {number + 2} reset_password posted to alice@home.example",
        f"letter {number + 2} try 1: 250 OK (sent)",
    ]
    assert "left at" in last(result)
    assert "the server said “250 OK”: look among the spam of alice@home.example." in last(result)
    for secret in (FACT, "a hash nobody may see", "bob"):
        assert secret not in result.stdout


def joined(shown: str) -> list[str]:
    """Put lines that were wrapped together again."""
    return shown.replace("\n                ", " ").splitlines()


@pytest.mark.parametrize("typed", ["alice", "Alice@example.com", HOME])
def test_an_account_is_traced_by_any_of_its_names(run: Run, database: Database, alice: int, typed: str) -> None:
    number = put_email(database, State.SENT, "250 OK", queued_at=system_clock())
    assert f"letter {number}  try 1: 250 OK (sent)" in run(f"trace {typed}").stdout


def test_what_was_typed_by_who_has_no_account_is_found_by_its_hash(
    run: Run, database: Database, environ: dict[str, str], earlier: datetime
) -> None:
    secret = load(environ).keys("events")[0]
    keyed = hash_identifier(secret, "nobody@example.com")
    happened(database, EventType.SIGN_IN_REFUSED, earlier, about=keyed)
    happened(database, EventType.SIGN_IN_REFUSED, earlier, about=hash_identifier(secret, "another@example.com"))
    result = run("trace NOBODY@example.com")
    assert result.stdout.count("A failed sign-in, Firefox") == 1
    assert last(result).startswith("No account has this address. The last that happened with it was at ")
    assert keyed not in result.stdout


def test_a_request_that_was_told_to_wait_is_found_by_its_hash_among_the_events_of_an_account(
    run: Run, database: Database, alice: int, environ: dict[str, str], earlier: datetime
) -> None:
    keyed = hash_identifier(load(environ).keys("events")[0], HOME)
    happened(database, EventType.RESET_REQUESTED, earlier, about=keyed, detail="told_to_wait")
    assert "password reset email, told to wait: too many requests, Firefox on Windows" in " ".join(
        run("trace alice").stdout.split()
    )


def test_an_address_nobody_asked_for_is_told_in_a_sentence(run: Run, alice: int) -> None:
    assert last(run("trace nobody@example.com")) == (
        "No account has this address; nobody asked for it within the last day."
    )
    assert last(run("trace nobody")) == "No account has this username; nobody asked for it within the last day."


def test_a_letter_to_who_has_no_account_is_told_with_the_reason(
    run: Run, database: Database, earlier: datetime
) -> None:
    put_email(database, State.DROPPED, to="nobody@example.com", queued_at=earlier, reason="no_such_account")
    ended = last(run("trace nobody@example.com"))
    assert ended.startswith("No account has this address. The last letter, asked for at ")
    assert ended.endswith(", was dropped: no such account.")


def test_what_waits_for_its_letter_to_be_answered_is_told(
    run: Run, database: Database, alice: int, earlier: datetime
) -> None:
    until = earlier + timedelta(days=1)
    with database.writing() as session:
        session.add(
            SignUp(
                username="newbie",
                email="new@example.com",
                email_key="new@example.com",
                password_hash="a hash nobody may see",
                created_at=earlier,
                expires_at=until,
            )
        )
        pending = {"email": "third@home.example", "email_key": "third@home.example"}
        session.add(PendingBackupEmail(account_id=alice, asked_at=earlier, expires_at=until, **pending))
    begun = run("trace new@example.com")
    assert "sign-up begun as newbie, open until" in begun.stdout
    assert "a hash" not in begun.stdout
    assert "began to sign up with it and has not opened the link" in last(begun)
    assert "named as a member's second address, open until" in " ".join(run("trace third@home.example").stdout.split())


ENDS = {
    "sent": ((State.SENT, "250 OK queued"), {}, "the server said “250 OK queued”: look among the spam of"),
    "failed": (
        (State.FAILED, "550 5.1.1 nobody"),
        {"reason": "refused"},
        "was refused for good; the server said “550 5.1.1 nobody”: is the address of alice@example.com right?",
    ),
    "waiting": (
        (State.WAITING, "450 later"),
        {"tries": 1},
        "has not left yet. No worker is running, so no email leaves.",
    ),
    "limit": (
        (State.DROPPED,),
        {"reason": "too_many_reset_emails"},
        "did not leave: dropped, too many reset letters to this account.",
    ),
    "expired": (
        (State.EXPIRED,),
        {"reason": "deadline"},
        "did not leave: expired, its time had passed before it could leave.",
    ),
}


@pytest.mark.parametrize("ending", ENDS)
def test_it_ends_with_what_it_comes_to(
    run: Run, database: Database, alice: int, earlier: datetime, ending: str
) -> None:
    letter, more, words = ENDS[ending]
    put_email(database, *letter, queued_at=earlier, **more)  # type: ignore[arg-type]
    put_email(database, State.DROPPED, queued_at=earlier + timedelta(minutes=9), reason="repeated")
    assert words in last(run("trace alice"))


def test_without_a_letter_it_says_how_long_letters_are_kept(run: Run, alice: int) -> None:
    assert last(run("trace alice")) == "No letter was posted within the last 30 days."


def test_accounts_that_get_no_letters_are_told_as_such(run: Run, database: Database, alice: int) -> None:
    soon = system_clock() + timedelta(hours=5)
    with database.writing() as session:
        session.execute(update(Account).values(muted_until=soon))
    muted = last(run("trace alice"))
    assert muted.startswith("The owner said that somebody else had asked, so no reset letters go to Alice until ")
    with database.writing() as session:
        session.execute(update(Account).values(deactivated_at=soon))
    assert last(run("trace alice")) == "The account Alice is deactivated, so no letters go to it."


def test_an_account_that_is_to_be_deleted_is_told_as_such(run: Run, database: Database, alice: int) -> None:
    with database.writing() as session:
        session.execute(update(Account).values(deletion_due_at=NOON))
    assert "to be deleted at 2026-11-22 12:00 unless its owner signs in before" in " ".join(
        run("trace alice").stdout.split()
    )


@pytest.mark.parametrize(("networks", "letters"), [(1, 5), (12, 12)], ids=["of one network", "of the account"])
def test_a_reached_limit_is_told_and_looking_counts_nothing(
    run: Run, database: Database, alice: int, environ: dict[str, str], earlier: datetime, networks: int, letters: int
) -> None:
    rules = reset_allowance(load(environ))
    happened(database, EventType.RESET_REQUESTED, earlier, alice)
    for number in range(letters + 1):
        ended = last(run("trace alice"))
        assert ("The limit of reset letters to this account is reached" in ended) == (number == letters)
        origin = ORIGIN if number % networks == 0 else Origin("", f"203.0.{number}.0/24")
        with database.writing() as session:
            assert rules.spend(session, alice, origin, system_clock()) == (number < letters)
    assert re.search(r"whoever asked last gets another in (4 minutes|5 minutes|\d+ seconds)", ended)


def test_where_no_letter_left_for_half_a_links_life_no_limit_keeps_the_next_one(
    run: Run, database: Database, alice: int, environ: dict[str, str], earlier: datetime
) -> None:
    rules, before = reset_allowance(load(environ)), system_clock() - timedelta(minutes=6)
    happened(database, EventType.RESET_REQUESTED, earlier, alice)
    with database.writing() as session:
        assert [rules.spend(session, alice, ORIGIN, before) for _ in range(6)] == [True] * 5 + [False]
    assert "limit" not in last(run("trace alice"))


def test_older_steps_are_left_out_and_it_says_so(run: Run, database: Database, alice: int, earlier: datetime) -> None:
    for minute in range(5):
        happened(database, EventType.SIGNED_IN, earlier + timedelta(minutes=minute), alice)
    assert "left out" not in " ".join(run("trace alice").stdout.split())
    few = run("trace alice --limit 3").stdout
    assert "Older steps are left out; --limit shows more." in few
    assert few.count("Signed in") == 3
    assert f"{earlier + timedelta(minutes=4):%H:%M:%S}" in few


def test_programs_get_json(run: Run, database: Database, alice: int, earlier: datetime) -> None:
    put_email(database, State.SENT, "250 OK", queued_at=earlier)
    found = json.loads(run("trace alice --json").stdout)
    assert [step["words"] for step in found["steps"]] == [
        "reset_password posted to alice@example.com",
        "try 1: 250 OK (sent)",
    ]
    assert found["steps"][0]["at"] == earlier.isoformat()
    assert found["conclusion"].startswith("The last letter (1, reset_password) left at")


def test_a_token_in_the_servers_words_is_not_shown(run: Run, database: Database, alice: int, earlier: datetime) -> None:
    token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.abcdefghijklmnopqrstuvwxyz"
    put_email(
        database, State.FAILED, f"554 http://blog.example/reset_password/{token}", queued_at=earlier, reason="refused"
    )
    assert "eyJ" not in " ".join(run("trace alice").stdout.split())

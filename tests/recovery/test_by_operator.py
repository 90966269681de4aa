"""What an administrator may set right: the backup email, recovery codes and the email address of an account."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from microblog.audit.models import Event
from microblog.auth.models import Confirmation, SignInSession
from microblog.contact import AddressChange
from microblog.contact.models import PendingBackupEmail
from microblog.db import Database
from microblog.identity import Account, BackupEmail, standing_of
from microblog.identity.models import RemovedAddress
from microblog.mail import Email, parse_address
from microblog.origin import Origin
from microblog.recovery import AddressOfAnother, NobodyToRecover
from microblog.recovery.by_operator import end_codes_of, replace_email, take_off_backup_email
from microblog.recovery.codes import make_codes
from microblog.recovery.models import RecoveryCode
from microblog.refusals import NothingToDo
from microblog.registration.models import SignUp
from support.clock import NOON
from support.community import add_member

NEW = parse_address("New.Alice@example.org")
BACKUP = "backup@example.net"
DAY = timedelta(days=1)


@pytest.fixture
def alice(database: Database) -> int:
    """A member with a backup email."""
    number = add_member(database, "alice")
    with database.writing() as session:
        session.add(BackupEmail(account_id=number, email=BACKUP, email_key=BACKUP, added_at=NOON))
    return number


def account_of(session: Session, number: int) -> Account:
    return session.scalars(select(Account).where(Account.id == number)).one()


def sent(database: Database, kind: str) -> list[str]:
    """The addresses that an email of a kind goes to."""
    with database.reading() as session:
        return list(session.scalars(select(Email.to).where(Email.kind == kind).order_by(Email.id)))


def events(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(one.kind, one.detail) for one in session.scalars(select(Event).order_by(Event.id))]


def number_of(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_backup_email_goes_with_one_that_was_not_confirmed_and_every_address_is_told(
    database: Database, alice: int
) -> None:
    with database.writing() as session:
        pending: Any = {"email": "p@example.net", "email_key": "p@example.net"}
        session.add(PendingBackupEmail(account_id=alice, **pending, asked_at=NOON, expires_at=NOON + DAY))
    with database.writing() as session:
        assert take_off_backup_email(session, account_of(session, alice), "root", NOON) == BACKUP
    assert (number_of(database, BackupEmail), number_of(database, PendingBackupEmail)) == (0, 0)
    assert sent(database, "backup_email_removed_by_operator") == ["alice@example.com", BACKUP]
    assert events(database) == [("backup_email_removed", "by_administrator:root")]
    with database.reading() as session:
        assert account_of(session, alice).backup_email_removed_at == NOON, "which ends links to choose a password"


def test_recovery_codes_end_and_every_address_is_told(database: Database, alice: int) -> None:
    with database.writing() as session:
        make_codes(session, [b"a key"], account_of(session, alice), NOON, Origin())
    with database.writing() as session:
        assert end_codes_of(session, account_of(session, alice), "root", NOON) == 10
    assert number_of(database, RecoveryCode) == 0
    assert sent(database, "recovery_codes_ended_by_operator") == ["alice@example.com", BACKUP]
    assert events(database)[-1] == ("recovery_codes_ended", "by_administrator:root")


def test_the_address_is_set_and_told_to_those_of_before_and_the_new_one(database: Database, alice: int) -> None:
    with database.writing() as session:
        assert replace_email(session, account_of(session, alice), NEW, "root", NOON) == "alice@example.com"
    with database.reading() as session:
        account = account_of(session, alice)
        assert (account.email, account.email_key) == (NEW.spelled, NEW.key)
    assert sent(database, "email_set_by_operator") == ["alice@example.com", BACKUP, NEW.spelled]
    assert events(database) == [("email_changed", "by_administrator:root")]
    assert number_of(database, BackupEmail) == 1, "another backup email stays"


def test_setting_the_address_ends_sessions_what_was_begun_and_every_way_back_of_before(
    database: Database, alice: int
) -> None:
    move: Any = {
        "old_email": "a@b",
        "old_email_key": "a@b",
        "new_email": "c@d",
        "new_email_key": "c@d",
        "asked_at": NOON,
    }
    pending: Any = {"email": NEW.spelled, "email_key": NEW.key, "asked_at": NOON, "expires_at": NOON + DAY}
    login: Any = {"secret_hash": "x", "remembered": False, "created_at": NOON, "expires_at": NOON, "seen_at": NOON}
    typed: Any = {
        "username": "al",
        "email": NEW.spelled,
        "email_key": NEW.key,
        "password_hash": "x",
        "created_at": NOON,
    }
    had = "had@example.com"
    removed: Any = {"email": had, "email_key": had, "role": "primary", "since": NOON, "removed_at": NOON}
    with database.writing() as session:
        session.add_all(
            [
                AddressChange(account_id=alice, **move),
                AddressChange(account_id=alice, **move, completed_at=NOON),
                Confirmation(account_id=alice, action="download", wanted="", nonce="x", asked_at=NOON),
                PendingBackupEmail(account_id=alice, **pending),
                RemovedAddress(account_id=alice, **removed),
                SignInSession(account_id=alice, **login),
                SignUp(**typed, expires_at=NOON + DAY),
            ]
        )
        session.execute(update(BackupEmail).values(email=NEW.spelled, email_key=NEW.key))
    with database.writing() as session:
        replace_email(session, account_of(session, alice), NEW, "root", NOON)
    gone = (SignInSession, Confirmation, PendingBackupEmail, BackupEmail, SignUp)
    assert [number_of(database, table) for table in gone] == [0] * len(gone)
    with database.reading() as session:
        (left,) = session.scalars(select(AddressChange))
        assert (left.completed_at, left.taken_back_at) == (NOON, NOON), "no address of before can be taken back"
        account, before = account_of(session, alice), ("alice@example.com", removed["email_key"])
        known = [standing_of(session, account, one, NOON) for one in before]
        assert known == [None, None], "and no link in their mail reports anything"


@pytest.mark.parametrize("whose", ["bob@example.com", "bobs.backup@example.net"])
def test_an_address_of_another_account_is_refused(database: Database, alice: int, whose: str) -> None:
    bob = add_member(database, "bob")
    with database.writing() as session:
        backup = "bobs.backup@example.net"
        session.add(BackupEmail(account_id=bob, email=backup, email_key=backup, added_at=NOON))
    with pytest.raises(AddressOfAnother), database.writing() as session:
        replace_email(session, account_of(session, alice), parse_address(whose), "root", NOON)
    assert events(database) == []
    with database.reading() as session:
        assert account_of(session, alice).email == "alice@example.com"


def test_what_is_so_already_is_said_and_told_to_nobody(database: Database) -> None:
    alice = add_member(database, "alice")
    present = parse_address("ALICE@example.com")
    with database.writing() as session:
        account = account_of(session, alice)
        for act in (take_off_backup_email, end_codes_of):
            with pytest.raises(NothingToDo):
                act(session, account, "root", NOON)
        with pytest.raises(NothingToDo):
            replace_email(session, account, present, "root", NOON)
    assert (events(database), number_of(database, Email)) == ([], 0)


def test_an_account_that_was_deleted_meanwhile_is_nobodys(database: Database) -> None:
    alice = add_member(database, "alice")
    with database.writing() as session:
        stale = account_of(session, alice)
    with database.writing() as session:
        session.delete(account_of(session, alice))
    with pytest.raises(NobodyToRecover), database.writing() as session:
        end_codes_of(session, stale, "root", NOON)


def test_the_administrators_name_is_kept_as_one_plain_word(database: Database, alice: int) -> None:
    with database.writing() as session:
        take_off_backup_email(session, account_of(session, alice), "ro ot<b>", NOON)
    assert events(database) == [("backup_email_removed", "by_administrator:rootb")]

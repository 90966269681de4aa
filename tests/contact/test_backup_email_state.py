"""What the page of the backup email is told."""

from datetime import timedelta

from microblog.contact import backup_email_state
from microblog.contact.models import PendingBackupEmail
from microblog.db import Database
from microblog.identity import BackupEmail
from support.clock import NOON
from support.community import add_member
from support.context import context_of

HOUR = timedelta(hours=1)


def test_a_backup_email_waits_until_its_request_expires(database: Database) -> None:
    alice = add_member(database, "alice")
    request = PendingBackupEmail(
        account_id=alice, email="b@b.example", email_key="b@b.example", asked_at=NOON, expires_at=NOON + HOUR
    )
    with database.writing() as session:
        session.add(request)
    context = context_of(database)
    waiting = backup_email_state(context.at(NOON + HOUR - timedelta(seconds=1)), alice)
    assert (waiting.current, waiting.pending and waiting.pending.email) == (None, "b@b.example")
    assert backup_email_state(context.at(NOON + HOUR), alice).pending is None


def test_one_that_is_the_primary_address_of_another_account_does_not_count(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    with database.writing() as session:
        for account, email in ((alice, "b@b.example"), (bob, "alice@example.com")):
            session.add(BackupEmail(account_id=account, email=email, email_key=email, added_at=NOON))
    states = [backup_email_state(context_of(database), account) for account in (alice, bob)]
    assert [(state.current and state.current.email, state.counts) for state in states] == [
        ("b@b.example", True),
        ("alice@example.com", False),
    ]

"""What a member chose: all of it until something else was chosen, and each choice apart from the others."""

from sqlalchemy import delete

from microblog.db import Database
from microblog.identity import Account
from microblog.subscriptions import Choices, Topic, choices_of, choose_emails
from microblog.subscriptions.choices import turn_off
from microblog.subscriptions.export import choices_after
from microblog.subscriptions.models import Subscription
from support.community import add_member
from support.context import context_of


def test_whoever_never_chose_gets_everything(database: Database) -> None:
    alice = add_member(database, "Alice")
    with database.reading() as session:
        assert choices_of(session, alice) == Choices(followed=True, mentioned=True, digest=True)


def test_turning_one_off_leaves_the_others_as_they_were(database: Database) -> None:
    alice = add_member(database, "Alice")
    choose_emails(context_of(database), alice, Choices(followed=False))
    with database.writing() as session:
        turn_off(session, alice, Topic.DIGEST)
        turn_off(session, alice, Topic.DIGEST)
    with database.reading() as session:
        assert choices_of(session, alice) == Choices(followed=False, mentioned=True, digest=False)


def test_the_download_holds_what_was_chosen_once(database: Database) -> None:
    alice = add_member(database, "Alice")
    with database.writing() as session:
        turn_off(session, alice, Topic.MENTIONED)
    with database.reading() as session:
        chosen = {"followed": True, "mentioned": False, "digest": True}
        assert choices_after(session, alice, 0) == [(1, chosen)]
        assert choices_after(session, alice, 1) == []


def test_what_was_chosen_goes_with_the_account(database: Database) -> None:
    alice = add_member(database, "Alice")
    choose_emails(context_of(database), alice, Choices(digest=False))
    with database.writing() as session:
        session.execute(delete(Account).where(Account.id == alice))
    with database.reading() as session:
        assert session.get(Subscription, alice) is None

"""What a member chose: all of it until something else was chosen, and each choice apart from the others."""

from sqlalchemy import delete

from microblog.db import Database
from microblog.identity import Account
from microblog.subscriptions import Choices, Subscription, Wish, choices_of, choose, rows_for_download, turn_off
from support.community import add_member


def test_whoever_never_chose_gets_everything(database: Database) -> None:
    alice = add_member(database, "Alice")
    with database.reading() as session:
        assert choices_of(session, alice) == Choices(followed=True, mentioned=True, digest=True)


def test_turning_one_off_leaves_the_others_as_they_were(database: Database) -> None:
    alice = add_member(database, "Alice")
    with database.writing() as session:
        choose(session, alice, Choices(followed=False))
        turn_off(session, alice, Wish.DIGEST)
        turn_off(session, alice, Wish.DIGEST)
    with database.reading() as session:
        assert choices_of(session, alice) == Choices(followed=False, mentioned=True, digest=False)


def test_the_download_holds_what_was_chosen_once(database: Database) -> None:
    alice = add_member(database, "Alice")
    with database.writing() as session:
        turn_off(session, alice, Wish.MENTIONED)
    with database.reading() as session:
        chosen = {"followed": True, "mentioned": False, "digest": True}
        assert rows_for_download(session, alice, 0) == [(1, chosen)]
        assert rows_for_download(session, alice, 1) == []


def test_what_was_chosen_goes_with_the_account(database: Database) -> None:
    alice = add_member(database, "Alice")
    with database.writing() as session:
        choose(session, alice, Choices(digest=False))
        session.execute(delete(Account).where(Account.id == alice))
    with database.reading() as session:
        assert session.get(Subscription, alice) is None

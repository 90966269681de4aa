"""Deleting the accounts that are due: once, completely or not at all, whoever else acts in the same moment."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from benchmarks.testbed import add_accounts
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from microblog.audit import EventType
from microblog.audit.models import Event
from microblog.auth import cancel_deletion
from microblog.db import Database
from microblog.identity import Account, ChangedMeanwhile
from microblog.mail import Email
from microblog.moderation.deactivation import deactivate_account, reactivate_account
from microblog.ops import delete_due
from microblog.origin import Origin
from microblog.personal_data import delete_account, due_accounts
from microblog.posts import Post
from support.clock import NOON
from support.community import about_to_be_deleted, add_member, follow, say
from support.plans import listening, plan

DUE = NOON + timedelta(days=3)


def number_of(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Email.kind).order_by(Email.id)))


@pytest.fixture
def leaving(database: Database) -> int:
    """The number of a member who asked for the deletion of the account, and has posts and follows."""
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    say(database, alice)
    follow(database, alice, bob)
    about_to_be_deleted(database, alice)
    return alice


def account_of(session: Session, number: int) -> Account:
    return session.scalars(select(Account).where(Account.id == number)).one()


def test_what_every_package_keeps_goes_with_the_account(database: Database, leaving: int) -> None:
    assert sum(delete_due(database, b"a key", DUE)) == 1
    assert (number_of(database, Account), number_of(database, Post)) == (1, 0)
    assert kinds(database) == ["goodbye"]


def test_a_second_worker_finds_nothing_left_to_do(database: Database, leaving: int) -> None:
    for expected in (1, 0):
        assert sum(delete_due(database, b"a key", DUE)) == expected
    with database.writing() as session:
        assert not delete_account(session, leaving, [], b"a key", DUE)
    assert kinds(database) == ["goodbye"]


def test_more_than_one_account_is_deleted_each_in_its_own_transaction(database: Database, leaving: int) -> None:
    about_to_be_deleted(database, add_member(database, "carol"))
    steps = delete_due(database, b"a key", DUE)
    assert next(steps) == 1
    assert number_of(database, Account) == 2, "the first is gone while the worker has not come to the second"
    assert sum(steps) == 1


def test_one_that_is_cancelled_after_it_was_found_stays(database: Database, leaving: int) -> None:
    carol = add_member(database, "carol")
    about_to_be_deleted(database, carol)
    steps = delete_due(database, b"a key", DUE)
    next(steps)
    with database.writing() as session:
        assert cancel_deletion(session, account_of(session, carol), DUE, Origin())
    assert sum(steps) == 0
    assert kinds(database) == ["goodbye", "deletion_cancelled"]


def test_a_worker_that_dies_in_between_has_deleted_nothing_and_the_next_one_does(
    database: Database, leaving: int
) -> None:
    def forget_posts(session: Session, account_id: int) -> None:
        session.query(Post).delete()

    def die(session: Session, account_id: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.writing() as session:
        delete_account(session, leaving, [forget_posts, die], b"a key", DUE)
    assert (number_of(database, Account), number_of(database, Post), kinds(database)) == (2, 1, [])
    assert sum(delete_due(database, b"a key", DUE)) == 1


def test_a_cancellation_in_the_middle_of_it_undoes_all_of_it(database: Database, leaving: int) -> None:
    def change_of_mind(session: Session, account_id: int) -> None:
        session.query(Post).delete()
        cancel_deletion(session, account_of(session, account_id), DUE, Origin())

    with pytest.raises(ChangedMeanwhile), database.writing() as session:
        delete_account(session, leaving, [change_of_mind], b"a key", DUE)
    assert (number_of(database, Account), number_of(database, Post), kinds(database)) == (2, 1, [])


def test_cancelling_what_nobody_asked_for_is_quiet(database: Database, leaving: int) -> None:
    with database.writing() as session:
        stale = account_of(session, leaving)
    for expected in (True, False):
        with database.writing() as session:
            assert cancel_deletion(session, stale, NOON, Origin()) is expected
    assert kinds(database) == ["deletion_cancelled"]


def test_deactivating_an_account_cancels_its_deletion_for_its_owner_could_not(database: Database, leaving: int) -> None:
    with database.writing() as session:
        deactivate_account(session, account_of(session, leaving), NOON)
    with database.reading() as session:
        cancelled = session.scalars(select(Event).where(Event.kind == EventType.DELETION_CANCELLED)).one()
        assert cancelled.detail == "cancelled_by_operator"
    assert sum(delete_due(database, b"a key", DUE)) == 0
    with database.writing() as session:
        reactivate_account(session, account_of(session, leaving), DUE)
    assert sum(delete_due(database, b"a key", DUE + timedelta(days=9))) == 0


def test_what_is_due_is_found_by_an_index(database: Database) -> None:
    add_accounts(database, 3_000, "a hash of nothing")
    with database.writing() as session:
        session.execute(text("ANALYZE"))
    with database.reading() as session, listening(session) as asked:
        due_accounts(session, DUE)
        shown = plan(session, *asked[0])
    assert "ix_accounts_deletion_due_at" in shown


def at_once(*acts: Callable[[], object]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_several_workers_at_once_one_deletes_each_account(database: Database) -> None:
    numbers = [add_member(database, f"member{number}") for number in range(8)]
    for number in numbers:
        say(database, number)
        about_to_be_deleted(database, number)
    deleted: list[int] = []
    at_once(*[lambda: deleted.append(sum(delete_due(database, b"a key", DUE))) for _ in range(3)])
    assert sum(deleted) == 8
    assert (number_of(database, Account), kinds(database)) == (0, ["goodbye"] * 8)


def test_a_cancellation_at_the_same_time_wins_or_loses_and_nothing_is_half_gone(database: Database) -> None:
    numbers = [add_member(database, f"member{number}") for number in range(8)]
    for number in numbers:
        say(database, number)
        about_to_be_deleted(database, number)
    kept: list[bool] = []

    def keep_all() -> None:
        for number in reversed(numbers):
            with database.writing() as session:
                account = session.get(Account, number)
                kept.append(account is not None and cancel_deletion(session, account, DUE, Origin()))

    at_once(lambda: list(delete_due(database, b"a key", DUE)), keep_all)
    list(delete_due(database, b"a key", DUE))
    assert number_of(database, Account) == number_of(database, Post) == kept.count(True)
    assert sorted(kinds(database)) == ["deletion_cancelled"] * kept.count(True) + ["goodbye"] * kept.count(False)

"""Who decides about an account: how long an address has been on it, and what came since."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.identity import Account, Role, Standing, present_addresses, standing_of
from microblog.identity.addresses import forget_removed, record_removed, since_when
from microblog.ownership import Means, Recovery, is_junior, is_outlived, may_dispute, owner_addresses, rank
from support.clock import NOON
from support.community import add_member

DAY = timedelta(days=1)
OLD, LATELY, NOW = NOON - 100 * DAY, NOON - 3 * DAY, NOON
OLDEST, OWNERS, THIEFS = "first@example.com", "alice@example.com", "thief@evil.example"


@pytest.mark.parametrize(
    ("one", "other", "junior"),
    [
        (OLD, OLD - 100 * DAY, False),
        (NOON - 14 * DAY, OLD, False),
        (NOON - 14 * DAY + timedelta(seconds=1), OLD, True),
        (LATELY, OLD, True),
        (OLD, LATELY, False),
        (NOW, LATELY, True),
        (LATELY, LATELY, False),
        (NOON + 400 * DAY, NOW, True),
    ],
)
def test_what_came_later_is_outranked_and_after_fourteen_days_all_are_equal(
    one: datetime, other: datetime, junior: bool
) -> None:
    assert is_junior(one, other, NOON) is junior
    assert (rank(one, NOON) > rank(other, NOON)) is junior


def alice(session: Session, number: int, email_since: datetime | None = None) -> Account:
    account = session.get_one(Account, number)
    account.created_at, account.email_since = OLD, email_since
    session.flush()
    return account


def claimant(since: datetime, role: Role = Role.PRIMARY, removed_at: datetime | None = NOON) -> Standing:
    return Standing(OWNERS, OWNERS, role, since, removed_at)


@pytest.mark.parametrize(
    ("who", "primary_since", "may"),
    [
        (claimant(NOW, Role.BACKUP, None), OLD, True),  # present, whatever its rank: it can reset the password as well
        (claimant(OLD), NOW, True),  # the owner's address, where a thief's has taken its place
        (claimant(OLD), OLD, True),
        (claimant(LATELY), OLD, False),  # a thief's, after the owner went back to the old one
        (claimant(OLD, Role.BACKUP), NOW, True),
        (claimant(OLD, Role.BACKUP), OLD, False),  # an owner removed it: it must not come back by itself
        (claimant(LATELY, Role.BACKUP), OLD, False),
    ],
)
def test_a_removed_address_reports_only_what_it_outranks(
    database: Database, who: Standing, primary_since: datetime, may: bool
) -> None:
    number = add_member(database, "alice")
    with database.writing() as session:
        assert may_dispute(session, alice(session, number, primary_since), who, NOON) is may


def test_what_a_better_address_outstayed_comes_back_no_more(database: Database) -> None:
    """The owner removed a thief's address, and later changed their own."""
    number, own = add_member(database, "alice"), Standing(OWNERS, OWNERS, Role.PRIMARY, OLD)
    thiefs = Standing(THIEFS, THIEFS, Role.BACKUP, LATELY)
    with database.writing() as session:
        account = alice(session, number, NOON + 2 * DAY)
        record_removed(session, number, thiefs, NOON)
        record_removed(session, number, own, NOON + DAY)
        later = NOON + 2 * DAY
        thiefs_now, owners_now = (standing_of(session, account, key, later) for key in (THIEFS, OWNERS))
        assert thiefs_now
        assert owners_now
        assert not may_dispute(session, account, thiefs_now, later)
        assert may_dispute(session, account, owners_now, later)
        assert THIEFS not in owner_addresses(session, account, later)


def came_back(session: Session, number: int, means: Means, since: datetime, key: str) -> int:
    row = Recovery(account_id=number, at=NOON, means=means, since=since, email_key=key)
    session.add(row)
    session.flush()
    return row.id


@pytest.mark.parametrize(
    ("means", "since", "by", "outlived"),
    [
        (Means.EMAIL, OLD, "other@example.com", True),
        (Means.CODE, OLD, "", True),
        (Means.ADMINISTRATOR, OLD, "", True),
        (Means.REPORT, OLD, "other@example.com", True),
        (Means.TAKE_BACK, OLD, "other@example.com", True),
        (Means.EMAIL, LATELY, THIEFS, False),  # a thief's return ends nothing of the owner's
        (Means.CODE, NOW, "", False),
        (Means.REPORT, LATELY, THIEFS, False),
        (Means.EMAIL, OLD, OWNERS, False),  # what a mailbox's own reader did ends no link in that mailbox
        (Means.REPORT, OLD, OWNERS, False),
    ],
)
def test_a_report_is_void_once_somebody_came_back_by_as_good_a_proof(
    database: Database, means: Means, since: datetime, by: str, outlived: bool
) -> None:
    number, who = add_member(database, "alice"), claimant(OLD, removed_at=None)
    with database.writing() as session:
        account = alice(session, number)
        last = came_back(session, number, means, since, by)
        assert is_outlived(session, account, who, last - 1, NOON) is outlived
        assert not is_outlived(session, account, who, last, NOON), "what was before the change does not count"


def test_what_was_reported_by_an_address_ends_when_its_reader_is_back(database: Database) -> None:
    number, who = add_member(database, "alice"), claimant(OLD, removed_at=None)
    with database.writing() as session:
        account = alice(session, number)
        report = came_back(session, number, Means.REPORT, OLD, OWNERS)
        assert not is_outlived(session, account, who, 0, NOON, reported_id=report)
        came_back(session, number, Means.EMAIL, OLD, OWNERS)
        assert is_outlived(session, account, who, 0, NOON, reported_id=report)
        assert not is_outlived(session, account, who, 0, NOON), "another report of the same reader goes on"


@pytest.mark.parametrize(("means", "outlived"), [(Means.CODE, False), (Means.EMAIL, False), (Means.REPORT, True)])
def test_a_return_that_undoes_nothing_leaves_the_take_back_alive_while_a_thiefs_address_is_there(
    database: Database, means: Means, outlived: bool
) -> None:
    number = add_member(database, "alice")
    with database.writing() as session:
        account = alice(session, number, LATELY)
        came_back(session, number, means, OLD, "other@example.com")
        assert is_outlived(session, account, claimant(OLD), 0, NOON) is outlived


def test_an_address_that_comes_back_counts_from_its_first_time(database: Database) -> None:
    number = add_member(database, "alice")
    with database.writing() as session:
        account = alice(session, number)
        first = present_addresses(session, account)[0]
        record_removed(session, number, first, NOON)
        account.email, account.email_key, account.email_since = THIEFS, THIEFS, NOON
        session.flush()
        assert since_when(session, account, OWNERS, NOON + DAY) == OLD
        assert since_when(session, account, "new@example.com", NOON + DAY) == NOON + DAY
        assert owner_addresses(session, account, NOON + DAY) == [THIEFS, OWNERS]
        assert standing_of(session, account, OWNERS, NOON + 14 * DAY) is None, "remembered for fourteen days"
        forget_removed(session, number, [OWNERS])
        assert standing_of(session, account, OWNERS, NOON) is None


def test_an_address_left_behind_is_not_told_what_only_the_owner_should_know(database: Database) -> None:
    number = add_member(database, "alice")
    with database.writing() as session:
        account = alice(session, number)
        thiefs = Standing(THIEFS, THIEFS, Role.PRIMARY, LATELY)
        record_removed(session, number, thiefs, NOON)
        assert owner_addresses(session, account, NOON) == [OWNERS]

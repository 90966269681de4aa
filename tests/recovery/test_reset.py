"""Using up a reset link while the account is changed by somebody else: one statement decides."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from microblog.audit import EventType
from microblog.auth import PasswordRefused
from microblog.auth.known_browsers import known_browsers
from microblog.db import Database
from microblog.identity import Account
from microblog.links import LinkProblem, LinkRefused
from microblog.moderation.deactivation import deactivate_account, reactivate_account
from microblog.origin import Origin
from microblog.recovery import LinkEvent, reset_password
from microblog.recovery.reset import change_password
from microblog.refusals import RateLimited
from support.clock import NOON
from support.community import add_member
from support.context import context_of
from support.recoveries import opened_by_email
from support.running import NEW_PASSWORD


def again(session: Session, account: Account) -> None:
    deactivate_account(session, account, NOON)
    reactivate_account(session, account, NOON + timedelta(seconds=1))


def closed(session: Session, account: Account) -> None:
    deactivate_account(session, account, NOON)


def elsewhere(session: Session, account: Account) -> None:
    account.email, account.email_key = "new@example.org", "new@example.org"


def without_second(session: Session, account: Account) -> None:
    account.backup_email_removed_at = NOON


def anew(session: Session, account: Account) -> None:
    account.password_hash = "another"


@pytest.mark.parametrize("change", [again, closed, elsewhere, without_second, anew])
def test_a_link_opened_before_a_change_of_the_account_sets_no_password_after_it(
    database: Database, change: Callable[[Session, Account], None]
) -> None:
    alice = add_member(database, "alice")
    with database.reading() as session:
        opened = opened_by_email(session, session.get_one(Account, alice))
    with database.writing() as session:
        change(session, session.get_one(Account, alice))
    with database.writing() as session, pytest.raises(LinkRefused) as refused:
        change_password(session, opened, "theirs", NOON, Origin())
    assert (refused.value.problem, refused.value.account_id) == (LinkProblem.USED, alice)
    with database.reading() as session:
        assert session.get_one(Account, alice).password_hash != "theirs"


def test_of_too_many_tries_an_event_is_left_for_later_and_of_the_others_none(database: Database) -> None:
    context, later = context_of(database), list[LinkEvent]()
    alice = add_member(database, "alice")
    with database.reading() as session:
        opened = opened_by_email(session, session.get_one(Account, alice))
    for _ in range(context.settings.limits.reset_tries_per_account.times or 0):
        with pytest.raises(PasswordRefused):
            reset_password(context, opened, "short", later.append)
    assert later == []
    with pytest.raises(RateLimited):
        reset_password(context, opened, NEW_PASSWORD, later.append)
    (event,) = later
    assert (event.account_id, event.kind, event.detail) == (alice, EventType.RESET_LINK_REFUSED, "too_many_tries")


def test_the_browser_that_chose_the_password_is_known_by_it(database: Database) -> None:
    context = context_of(database)
    alice = add_member(database, "alice")
    with database.reading() as session:
        opened = opened_by_email(session, session.get_one(Account, alice))
    token = reset_password(context, opened, NEW_PASSWORD, list[LinkEvent]().append).browser_token
    with database.reading() as session:
        now = session.get_one(Account, alice)
        assert known_browsers(context.settings).find([token], now, NOON) != ""

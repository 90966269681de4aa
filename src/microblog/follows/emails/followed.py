"""To a member: who follows them now, all of ten minutes, less those who changed their mind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from microblog.email_context import EmailContext
from microblog.follows.follow_window import follows_in_window
from microblog.follows.models import Follow
from microblog.identity import Account, is_visible
from microblog.limits import Limit
from microblog.mail import EmailType, QueuedEmail, Result, Sample, Skip
from microblog.settings import Rate
from microblog.subscriptions import Topic
from microblog.subscriptions.emails.subscription_email import (
    ENOUGH,
    find_recipient,
    is_allowed,
    render_subscribed,
    sample_subscribed,
    without_link,
)

NOBODY = "no_new_followers"
MOST_NAMES = 10  # of new followers in one email
MOST_LOOKED_AT = 1000  # new followers that one email looks at; more are only counted
DAY = 86_400
A_DAY = Limit("followed letters per recipient", Rate(5, DAY))
ONE_FOLLOWER = Limit("followed letters per pair", Rate(1, 7 * DAY))
BY_FOLLOWER = Limit("followed letters per follower", Rate(50, DAY))


@dataclass(frozen=True)
class NewFollowers:
    """The followed member, and the follow that caused the email."""

    account_id: int
    first_follow_id: int


def render(context: EmailContext, email: QueuedEmail[NewFollowers]) -> Result:
    """Find the followers, counting the email once however often it is tried."""
    account = find_recipient(context, email.payload.account_id, Topic.FOLLOWED)
    if isinstance(account, Skip):
        return account
    told, more = email.progress.get("told"), email.progress.get("more", 0)
    followers = following(context.session, account.id, Follow.follower_id.in_(told)) if told else []
    if told is None:
        followers, more = find_new(context, email, account)
    if not followers:
        return Skip(NOBODY)
    if told is None and not is_allowed(context, (A_DAY, str(account.id))):
        return Skip(ENOUGH)
    values = followers_values(context, [one.username for one in followers], more)
    progress = {"told": [one.id for one in followers], "more": more}
    return render_subscribed(context, __name__, "followed", Topic.FOLLOWED, account, values, progress)


def find_new(context: EmailContext, email: QueuedEmail[NewFollowers], account: Account) -> tuple[list[Account], int]:
    """Return those whom this member was not told of lately and who were not in too many emails, and how many more.

    The statements are as many for one follower as for a thousand; those past so many are only counted.
    """
    session = context.session
    since = follows_in_window(account.id, email.payload.first_follow_id, email.queued_at)
    found = {one.id: one for one in following(session, account.id, *since)}
    spend = partial(context.limits.spend_for_each, session)
    untold = spend(ONE_FOLLOWER, [f"{one} {account.id}" for one in found], context.now)
    seldom = spend(BY_FOLLOWER, [pair.partition(" ")[0] for pair in untold], context.now)
    new = [account for number, account in found.items() if str(number) in seldom]
    return new, count_following(session, account.id, *since) - len(found) if len(found) == MOST_LOOKED_AT else 0


def following(session: Session, account_id: int, *those: ColumnElement[bool]) -> list[Account]:
    """Return some of those who follow a member now, in the order in which they began to."""
    theirs = select(Account).join(Follow, Follow.follower_id == Account.id).where(*follow_now(account_id), *those)
    return list(session.scalars(theirs.order_by(Follow.id).limit(MOST_LOOKED_AT)))


def count_following(session: Session, account_id: int, *those: ColumnElement[bool]) -> int:
    """Count those who follow a member now."""
    theirs = select(func.count()).select_from(Account).join(Follow, Follow.follower_id == Account.id)
    return session.scalar(theirs.where(*follow_now(account_id), *those)) or 0


def follow_now(account_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that somebody active follows a member."""
    return Follow.followed_id == account_id, is_visible(Account)


def followers_values(context: EmailContext, usernames: Sequence[str], more: int) -> dict[str, object]:
    """Return what the templates need: the first names with their pages, and how many more there are."""
    named = usernames[:MOST_NAMES]
    return {
        "names": [without_link(name) for name in named],
        "links": [context.pages.member(name) for name in named],
        "more": len(usernames) - len(named) + more,
    }


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render one new follower."""
    about = "After somebody began to follow, to whoever wants to know."
    values = followers_values(context, ["bob"], 0)
    yield sample_subscribed(context, __name__, "followed", Topic.FOLLOWED, about, values)


FOLLOWED = EmailType(
    name="followed",
    ttl=timedelta(days=2),  # later it is no news
    payload=NewFollowers,
    render=render,
    samples=samples,
)

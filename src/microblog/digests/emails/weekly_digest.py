"""To a member who was away: what they missed, as those posts are now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.digests.missed_posts import find_missed
from microblog.email_context import EmailContext
from microblog.mail import EmailType, QueuedEmail, Result, Sample, Skip
from microblog.posts import excerpt
from microblog.subscriptions import Topic
from microblog.subscriptions.emails.subscription_email import (
    SAMPLE_POST,
    find_recipient,
    render_subscribed,
    sample_subscribed,
    without_link,
)

NOTHING_NEW = "nothing_new"
MOST_POSTS = 10


@dataclass(frozen=True)
class WeekMissed:
    """The member, and since when they were away."""

    account_id: int
    since: datetime


def render(context: EmailContext, email: QueuedEmail[WeekMissed]) -> Result:
    """Render it if there is still something to say."""
    account = find_recipient(context, email.payload.account_id, Topic.DIGEST)
    if isinstance(account, Skip):
        return account
    found = find_missed(context.session, account.id, email.payload.since, MOST_POSTS)
    if not found.items:
        return Skip(NOTHING_NEW)
    items = [quote_post(item.author, item.created_at, item.text) for item in found.items]
    values = {"items": items, "more": found.more, "link": context.pages.home}
    return render_subscribed(context, __name__, "weekly_digest", Topic.DIGEST, account, values)


def quote_post(author: str, at: datetime, text: str) -> dict[str, str]:
    """Return a post as the email shows it."""
    return {"author": without_link(author), "day": f"{at:%-d %B}", "quote": excerpt(text)}


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render one fictional post."""
    values = {"items": [quote_post("bob", context.now, SAMPLE_POST)], "more": False, "link": context.pages.home}
    about = "Once a week, if there is something new."
    yield sample_subscribed(context, __name__, "weekly_digest", Topic.DIGEST, about, values)


WEEKLY_DIGEST = EmailType(
    name="weekly_digest",
    ttl=timedelta(days=2),
    payload=WeekMissed,
    render=render,
    samples=samples,
)

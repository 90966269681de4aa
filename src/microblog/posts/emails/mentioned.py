"""To a member whom a post names: who wrote it, and their words only where the member follows the author."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from microblog.email_context import EmailContext
from microblog.follows import followed_among
from microblog.identity import Account, get_visible
from microblog.limits import Limit
from microblog.mail import EmailType, QueuedEmail, Result, Sample, Skip
from microblog.posts.models import Post
from microblog.posts.quoting import excerpt
from microblog.settings import Rate
from microblog.subscriptions import Topic
from microblog.subscriptions.emails.subscription_email import (
    ENOUGH,
    SAMPLE_POST,
    find_recipient,
    is_allowed,
    render_subscribed,
    sample_subscribed,
    without_link,
)

POST_GONE = "post_gone"
DAY = 86_400
A_DAY = Limit("mentioned letters per recipient", Rate(10, DAY))
ONE_AUTHOR = Limit("mentioned letters per pair", Rate(3, DAY))
BY_AUTHOR = Limit("mentioned letters per author", Rate(30, DAY))


@dataclass(frozen=True)
class Mentioned:
    """The mentioned member, and the post."""

    account_id: int
    post_id: int


def render(context: EmailContext, email: QueuedEmail[Mentioned]) -> Result:
    """Render it if the post still stands, counting it once however often it is tried."""
    account = find_recipient(context, email.payload.account_id, Topic.MENTIONED)
    if isinstance(account, Skip):
        return account
    standing = select(Post).where(Post.id == email.payload.post_id, Post.deleted_at.is_(None))
    post = context.session.scalar(standing)
    author = get_visible(context.session, post.author_id) if post else None
    if post is None or author is None:
        return Skip(POST_GONE)
    if "counted" not in email.progress and not may_leave(context, author, account):
        return Skip(ENOUGH)
    knows = followed_among(context.session, account.id, [author.id])
    values = mention_values(context, post.id, author.username, post.text if knows else "")
    return render_subscribed(context, __name__, "mentioned", Topic.MENTIONED, account, values, {"counted": True})


def may_leave(context: EmailContext, author: Account, account: Account) -> bool:
    """Count the email by its author, its recipient and both."""
    rules = (ONE_AUTHOR, f"{author.id} {account.id}"), (BY_AUTHOR, str(author.id)), (A_DAY, str(account.id))
    return is_allowed(context, *rules)


def mention_values(context: EmailContext, post_id: int, author: str, text: str) -> dict[str, str]:
    """Return what the templates need. An empty text is not quoted."""
    quote = excerpt(text) if text else ""
    return {"author": without_link(author), "quote": quote, "link": context.pages.post(post_id)}


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional post."""
    about = "After a post named the member, if they want to know."
    values = mention_values(context, 1, "bob", SAMPLE_POST)
    yield sample_subscribed(context, __name__, "mentioned", Topic.MENTIONED, about, values)


MENTIONED = EmailType(
    name="mentioned",
    ttl=timedelta(days=2),  # later it is no news
    payload=Mentioned,
    render=render,
    samples=samples,
)

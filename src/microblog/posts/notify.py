"""Queue the emails to members whom a post names."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.identity import Account
from microblog.mail import batched_inserts, queue, queued_keys
from microblog.posts.emails.mentioned import MENTIONED, Mentioned
from microblog.posts.models import Mention, Post
from microblog.subscriptions import Topic, members_wanting

THINK_AGAIN = timedelta(minutes=2)  # a post that is deleted at once causes no email
MOST_NOTIFIED = 10  # members whom one post causes an email, however many it names


def notify_mentioned(session: Session, post: Post, now: datetime) -> None:
    """Queue an email to each member a post names, but its author, and not more than a few. Idempotent."""
    named = select(Mention.account_id).where(Mention.post_id == post.id, Mention.account_id != post.author_id)
    told = session.scalars(named.order_by(Mention.account_id).limit(MOST_NOTIFIED)).all()
    if not told:
        return
    keys = {f"mentioned {post.id} {account_id}": account_id for account_id in told}
    there = queued_keys(session, keys)
    wanting = {account.id: account for account in members_wanting(session, Topic.MENTIONED, told)}
    with batched_inserts(session):
        for key, account_id in keys.items():
            if key not in there and account_id in wanting:
                queue_mentioned(session, wanting[account_id], post, key, now)


def queue_mentioned(session: Session, account: Account, post: Post, key: str, now: datetime) -> None:
    """Queue the email to one member whom a post names."""
    queue(
        session,
        MENTIONED,
        to=account.email,
        payload=Mentioned(account.id, post.id),
        now=now,
        key=key,
        address_key=account.email_key,
        due_at=now + THINK_AGAIN,
    )

"""What the web says in the transaction of the fact: somebody was followed, or named in a post. It posts the emails."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.follows import Follow
from microblog.identity import Account, get_visible
from microblog.mail import Email, gathering, queue
from microblog.posts import Mention, Post
from microblog.subscriptions.choices import Wish, choices_of, members_wanting
from microblog.subscriptions.emails.followed import FOLLOWED, NewFollowers
from microblog.subscriptions.emails.mentioned import MENTIONED, Mentioned
from microblog.subscriptions.follow_window import end_of_window

THINK_AGAIN = timedelta(minutes=2)  # a post that is deleted at once brings nobody a letter
MOST_TOLD = 10  # members whom one post brings a letter, however many it names


def tell_followed(session: Session, follower_id: int, followed_id: int, now: datetime) -> None:
    """Post the email that somebody follows somebody. One that waits already will find the follower when it leaves."""
    account = get_visible(session, followed_id)
    if account is None or follower_id == followed_id or not choices_of(session, followed_id).wants(Wish.FOLLOWED):
        return
    number = session.scalar(
        select(Follow.id).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    )
    if number is not None:
        due_at = end_of_window(followed_id, now)
        queue(
            session,
            FOLLOWED,
            to=account.email,
            payload=NewFollowers(followed_id, number),
            now=now,
            key=f"followed {followed_id} {int(due_at.timestamp())}",
            address_key=account.email_key,
            due_at=due_at,
            join=True,
        )


def tell_mentioned(session: Session, post: Post, now: datetime) -> None:
    """Post a letter to each member a post names, but its author, and not more than a few. Telling twice is harmless."""
    named = select(Mention.account_id).where(Mention.post_id == post.id, Mention.account_id != post.author_id)
    told = session.scalars(named.order_by(Mention.account_id).limit(MOST_TOLD)).all()
    if not told:
        return
    keys = {f"mentioned {post.id} {account_id}": account_id for account_id in told}
    there = set(session.scalars(select(Email.key).where(Email.key.in_(keys))))
    wanting = {account.id: account for account in members_wanting(session, Wish.MENTIONED, told)}
    with gathering(session):
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

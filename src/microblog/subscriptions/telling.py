"""What the web says in the transaction of the fact: somebody was followed, or named in a post. It posts the letters."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.accounts import Account, get_visible
from microblog.mail import Kind, Letter, post
from microblog.posts import Mention, Post
from microblog.subscriptions.choices import Wish, choices_of

FOLLOWED_LETTER = Kind("followed")
MENTIONED_LETTER = Kind("mentioned")
USEFUL_FOR = timedelta(days=2)  # later it is no news
GATHER = timedelta(minutes=10)  # who follows somebody within as long stands in one letter
THINK_AGAIN = timedelta(minutes=2)  # a post that is deleted at once brings nobody a letter
FOLLOWER = "follower "  # and a number: the fact that somebody follows
MOST_TOLD = 10  # members whom one post brings a letter, however many it names


def tell_followed(session: Session, follower_id: int, followed_id: int, now: datetime) -> None:
    """Post the letter that somebody follows somebody. Several within some minutes become one by their shared key."""
    account = get_visible(session, followed_id)
    if account and follower_id != followed_id and choices_of(session, followed_id).wants(Wish.FOLLOWED):
        due_at = end_of_stretch(followed_id, now)
        # Each follower is a fact of its own name, so the letter that takes others' place inherits theirs.
        facts = {"account": followed_id, f"{FOLLOWER}{follower_id}": True}
        key = f"followed {followed_id} {int(due_at.timestamp())}"
        send(session, FOLLOWED_LETTER, account, facts, key, due_at, now)


def end_of_stretch(account_id: int, now: datetime) -> datetime:
    """Return when what is gathered for a member now leaves: at moments that differ between members."""
    length = int(GATHER.total_seconds())
    offset = account_id * 37 % length
    began = (int(now.timestamp()) - offset) // length
    return datetime.fromtimestamp((began + 1) * length + offset, UTC)


def tell_mentioned(session: Session, post: Post, now: datetime) -> None:
    """Post a letter to each member a post names, but its author, and not more than a few. Telling twice is harmless."""
    named = select(Mention.account_id).where(Mention.post_id == post.id, Mention.account_id != post.author_id)
    told = session.scalars(named.order_by(Mention.account_id).limit(MOST_TOLD)).all()
    keys = {f"mentioned {post.id} {account_id}": account_id for account_id in told}
    there = set(session.scalars(select(Letter.key).where(Letter.key.in_(keys)))) if keys else set()
    for key, account_id in keys.items():
        account = get_visible(session, account_id)
        if key not in there and account and choices_of(session, account_id).wants(Wish.MENTIONED):
            facts = {"account": account_id, "post": post.id}
            send(session, MENTIONED_LETTER, account, facts, key, now + THINK_AGAIN, now)


def send(
    session: Session, kind: Kind, to: Account, facts: Mapping[str, int], key: str, due_at: datetime, now: datetime
) -> None:
    """Put a letter to a member into the outbox."""
    post(
        session,
        kind,
        to=to.email,
        facts=facts,
        useful_for=USEFUL_FOR,
        now=now,
        key=key,
        address_key=to.email_key,
        due_at=due_at,
    )

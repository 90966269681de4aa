"""What the web says in the transaction of the fact: somebody was followed, or named in a post. It posts the emails."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.follows import Follow
from microblog.identity import Account, get_visible
from microblog.mail import Kind, Letter, State, gathering, post
from microblog.posts import Mention, Post
from microblog.subscriptions.choices import Wish, choices_of, members_wanting

FOLLOWED_LETTER = Kind("followed")
MENTIONED_LETTER = Kind("mentioned")
USEFUL_FOR = timedelta(days=2)  # later it is no news
GATHER = timedelta(minutes=10)  # who follows somebody within as long stands in one letter
THINK_AGAIN = timedelta(minutes=2)  # a post that is deleted at once brings nobody a letter
FROM = "from "  # and a number: the first follow that an email is about
MOST_TOLD = 10  # members whom one post brings a letter, however many it names


def tell_followed(session: Session, follower_id: int, followed_id: int, now: datetime) -> None:
    """Post the email that somebody follows somebody, unless one that waits already will name the follower, too."""
    account = get_visible(session, followed_id)
    if account is None or follower_id == followed_id or not choices_of(session, followed_id).wants(Wish.FOLLOWED):
        return
    number = session.scalar(
        select(Follow.id).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    )
    due_at = end_of_stretch(followed_id, now)
    key = f"followed {followed_id} {int(due_at.timestamp())}"
    if number is not None and not is_told(session, key, number):
        # A fact of its own name, so that an email that takes the place of others inherits theirs.
        facts = {"account": followed_id, f"{FROM}{number}": True}
        send(session, FOLLOWED_LETTER, account, facts, key, due_at, now)


def is_told(session: Session, key: str, follow_id: int) -> bool:
    """Tell whether an email that waits will name this follower, and keep it from leaving before this is committed."""
    waits = select(Letter.payload, Letter.progress).where(Letter.key == key, Letter.state == State.WAITING)
    found = session.execute(waits.with_for_update(read=True, key_share=True, skip_locked=True))
    return any(first_in({**progress, **payload}) <= follow_id for payload, progress in found)


def first_in(facts: Mapping[str, Any]) -> int:
    """Return the number of the follow that an email begins with; it names that follower and all who came later."""
    return min(int(name.removeprefix(FROM)) for name in facts if name.startswith(FROM))


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
    if not told:
        return
    keys = {f"mentioned {post.id} {account_id}": account_id for account_id in told}
    there = set(session.scalars(select(Letter.key).where(Letter.key.in_(keys))))
    wanting = {account.id: account for account in members_wanting(session, Wish.MENTIONED, told)}
    with gathering(session):
        for key, account_id in keys.items():
            if key not in there and account_id in wanting:
                facts = {"account": account_id, "post": post.id}
                send(session, MENTIONED_LETTER, wanting[account_id], facts, key, now + THINK_AGAIN, now)


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

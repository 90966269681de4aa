"""Queue the email about new followers."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.follows.emails.followed import FOLLOWED, NewFollowers
from microblog.follows.follow_window import end_of_window
from microblog.identity import get_visible
from microblog.mail import queue
from microblog.subscriptions import Topic, choices_of


def notify_followed(session: Session, followed_id: int, follow_id: int, now: datetime) -> None:
    """Queue the email to somebody about a new follow. One that waits already will find the follower when it leaves."""
    account = get_visible(session, followed_id)
    if account is None or not choices_of(session, followed_id).wants(Topic.FOLLOWED):
        return
    due_at = end_of_window(followed_id, now)
    queue(
        session,
        FOLLOWED,
        to=account.email,
        payload=NewFollowers(followed_id, follow_id),
        now=now,
        key=f"followed {followed_id} {int(due_at.timestamp())}",
        address_key=account.email_key,
        due_at=due_at,
        join=True,
    )

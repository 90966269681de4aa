"""Queueing the weekly digests that are due.

Every member has a moment of the week, spread by their id. Each hour the worker moves those that have come on by a week,
one conditional UPDATE a member, so of any number of workers one queues the digest.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from microblog.auth import last_seen
from microblog.db import Database
from microblog.digests.emails.weekly_digest import WEEKLY_DIGEST, WeekMissed
from microblog.digests.missed_posts import find_missed
from microblog.digests.models import Digest
from microblog.identity import Account, get_visible
from microblog.mail import queue
from microblog.subscriptions import Topic, choices_of

WEEK = timedelta(days=7)
GAP = timedelta(days=6)  # at least, between two; a worker that was away must not send two in a row
ENROLLED_AT_ONCE = 200
QUEUED_AT_ONCE = 20  # each looks into a home; on SQLite nobody else writes meanwhile
LOOK_BACK = 1000  # numbers of accounts: one may come to light after a later one
SPREAD = 2_654_435_761  # Knuth's multiplier: neighbours are far apart


def queue_due_digests(database: Database, now: datetime) -> Iterator[int]:
    """Queue the digests that are due, some members at a time, and yield how many members each step looked at."""
    for step, size in ((enrol, ENROLLED_AT_ONCE), (queue_due, QUEUED_AT_ONCE)):
        done = size
        while done == size:
            with database.writing() as session:
                done = step(session, now)
            yield done


def enrol(session: Session, now: datetime) -> int:
    """Give some of the members who have none yet their moment of the week, and return how many."""
    # Asked by itself: PostgreSQL plans by a number it is given; for one it had to find it read the whole table.
    last = (session.scalar(select(func.max(Digest.account_id))) or 0) - LOOK_BACK
    known = select(Digest.account_id).where(Digest.account_id == Account.id, Digest.account_id > last).exists()
    new = select(Account.id).where(Account.id > last, ~known).order_by(Account.id).limit(ENROLLED_AT_ONCE)
    rows = [{"account_id": number, "due_at": first_due(number, now)} for number in session.scalars(for_update(new))]
    if rows:
        session.execute(insert(Digest), rows)
    return len(rows)


def for_update(accounts: Select[int]) -> Select[int]:
    """Keep two workers from enrolling the same members."""
    return accounts.with_for_update(skip_locked=True, key_share=True)


def first_due(account_id: int, now: datetime) -> datetime:
    """Return a member's next moment of the week."""
    length = int(WEEK.total_seconds())
    offset = account_id * SPREAD % length
    return datetime.fromtimestamp(((int(now.timestamp()) - offset) // length + 1) * length + offset, UTC)


def queue_due(session: Session, now: datetime) -> int:
    """Queue the digests of some members whose moment has come, and return how many members there were."""
    due = (
        select(Digest.account_id, Digest.due_at)
        .where(Digest.due_at <= now)
        .order_by(Digest.due_at)
        .limit(QUEUED_AT_ONCE)
    )
    found = session.execute(due.with_for_update(skip_locked=True)).all()
    for account_id, due_at in found:
        if move_on(session, account_id, due_at, now):
            queue_digest(session, account_id, now)
    return len(found)


def move_on(session: Session, account_id: int, due_at: datetime, now: datetime) -> bool:
    """Move a member's moment on by whole weeks. True for the one worker that did it."""
    weeks = max(1, -((due_at - now - GAP) // WEEK))
    mine = update(Digest).where(Digest.account_id == account_id, Digest.due_at == due_at)
    moved = mine.values(due_at=due_at + weeks * WEEK).returning(Digest.account_id)
    return session.scalar(moved, execution_options={"synchronize_session": False}) is not None


def skip_overdue_digests(session: Session, now: datetime) -> None:
    """Move every moment that has passed to the next one: after a restore nobody knows which emails were sent."""
    for account_id in session.scalars(select(Digest.account_id).where(Digest.due_at <= now)).all():
        session.execute(update(Digest).where(Digest.account_id == account_id).values(due_at=first_due(account_id, now)))


def queue_digest(session: Session, account_id: int, now: datetime) -> None:
    """Queue a member's digest, if they want it and there is something to say."""
    account = get_visible(session, account_id)
    if account is None or not choices_of(session, account_id).wants(Topic.DIGEST):
        return
    since = last_here(session, account, now)
    if find_missed(session, account_id, since, size=1).items:
        queue(
            session,
            WEEKLY_DIGEST,
            to=account.email,
            payload=WeekMissed(account_id, since),
            now=now,
            key=f"weekly_digest {account_id}",
            address_key=account.email_key,
        )


def last_here(session: Session, account: Account, now: datetime) -> datetime:
    """Return since when a member may have missed something: when they were last seen, but a week ago at most."""
    seen = last_seen(session, account.id)
    seen = min(seen, now) if seen else None  # a clock may have been ahead
    return max(filter(None, (seen, account.created_at, now - WEEK)))

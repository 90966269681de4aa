"""Whether letters leave: what waits, what failed, and whether anybody delivers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.mail import Letter, State
from microblog.mail.presence import ALIVE_FOR, alive
from microblog.ops.doctor.findings import Finding, Subject

OUTBOX, WORKER = Subject("Outbox"), Subject("Worker")
DAY = timedelta(days=1)
LONG, TOO_LONG = timedelta(minutes=10), timedelta(hours=1)
LIST = "`microblog mail list` shows them."
START = "Start `microblog run` (site and delivery in one), or `microblog worker`."


def check_outbox(session: Session, now: datetime) -> Iterator[Finding]:
    """Look at what waits, what failed, and who delivers."""
    open_letters = Letter.state.in_((State.WAITING, State.SENDING))
    waiting = session.scalar(select(func.count()).where(open_letters)) or 0
    oldest = session.scalar(select(Letter.posted_at).where(open_letters).order_by(Letter.posted_at).limit(1))
    failed = session.scalar(select(func.count()).where(Letter.state == State.FAILED, Letter.ended_at > now - DAY)) or 0
    yield judge_waiting(waiting, now - oldest if oldest else timedelta(0), failed)
    workers = alive(session, now)
    yield judge_workers([worker.trouble for worker in workers], waiting)


def judge_waiting(waiting: int, age: timedelta, failed: int) -> Finding:
    """Say how the outbox stands, from how many letters wait, how old the oldest is, and how many failed in a day."""
    words = f"{count(waiting)} {'waits' if waiting == 1 else 'wait'}" if waiting else "No letter waits"
    words += f", the oldest for {duration(age)}" if waiting else ""
    words += f". In the last day {failed or 'none'} failed."
    if waiting and age > TOO_LONG:
        return OUTBOX.fail(words, f"What else is said here tells why they do not leave. {LIST}")
    if waiting and age > LONG:
        return OUTBOX.warn(words, f"What else is said here may tell why they do not leave. {LIST}")
    if failed:
        return OUTBOX.warn(words, f"See what the mail server said to them. {LIST}")
    return OUTBOX.ok(words)


def judge_workers(troubles: list[str | None], waiting: int) -> Finding:
    """Say who delivers, from the trouble, if any, of each worker that lives."""
    if not troubles:
        words = f"No worker has shown itself for {ALIVE_FOR.seconds} seconds, so no letter leaves."
        return WORKER.fail(words, START) if waiting else WORKER.warn(words, START)
    if told := [trouble for trouble in troubles if trouble]:
        words = f"The mail server is left alone for a while, for it said: {told[0]}"
        return WORKER.fail(words, "What is said here of the server tells what to do. Then letters leave by themselves.")
    return WORKER.ok(f"{len(troubles)} {'lives' if len(troubles) == 1 else 'live'}.")


def count(letters: int) -> str:
    """Return a number of letters in words."""
    return "1 letter" if letters == 1 else f"{letters} letters"


def duration(age: timedelta) -> str:
    """Return a time in words, in whichever unit reads best."""
    seconds = int(age.total_seconds())
    for unit, name in ((DAY.days * 86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            number = seconds // unit
            return f"{number} {name}" + ("" if number == 1 else "s")
    return f"{seconds} seconds"

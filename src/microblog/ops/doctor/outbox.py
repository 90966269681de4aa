"""The outbox and the workers: waiting and failed emails, and whether anybody delivers them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.mail import State, admin
from microblog.ops.doctor.findings import Finding, Subject
from microblog.words.spans import ago, counted

OUTBOX, WORKER = Subject("Outbox"), Subject("Worker")
DAY = timedelta(days=1)
LONG, TOO_LONG = timedelta(minutes=10), timedelta(hours=1)
LIST = "`microblog mail list` shows them."
START = "Start `microblog run` (site and delivery in one), or `microblog worker`."


def check_outbox(session: Session, now: datetime) -> Iterator[Finding]:
    """Check waiting and failed emails, and the workers."""
    find_open_sign_up, oldest = dict(admin.open_now(session)), admin.oldest_open(session)
    held = find_open_sign_up.pop(State.HELD, 0)
    waiting = sum(find_open_sign_up.values())
    failed = admin.ended_since(session, now - DAY).get(State.FAILED, 0)
    yield check_waiting(waiting, now - oldest.queued_at if oldest else timedelta(0), failed)
    if held:
        yield report_held(held)
    yield check_workers([worker.trouble for worker in admin.workers(session, now) if worker.alive], waiting)


def check_waiting(waiting: int, age: timedelta, failed: int) -> Finding:
    """Check the outbox, given the number of waiting emails, the age of the oldest, and the failures of a day."""
    words = f"{waiting} emails wait" if waiting > 1 else f"{waiting or 'No'} email waits"
    words += f", the oldest for {ago(age)}" if waiting else ""
    words += f". In the last day {failed or 'none'} failed."
    if waiting and age > TOO_LONG:
        return OUTBOX.fail(words, f"What else is said here tells why they do not leave. {LIST}")
    if waiting and age > LONG:
        return OUTBOX.warn(words, f"What else is said here may tell why they do not leave. {LIST}")
    if failed:
        return OUTBOX.warn(words, f"See what the mail server said to them. {LIST}")
    return OUTBOX.ok(words)


def report_held(held: int) -> Finding:
    """Report the emails held since a restore."""
    words = f"{counted(held, 'email')} {'is' if held == 1 else 'are'} held since this site was restored from a backup."
    return OUTBOX.warn(words, "`microblog mail release --all` sends them, `microblog mail drop --held` drops them.")


def check_workers(troubles: Sequence[str], waiting: int) -> Finding:
    """Check the workers, given the trouble of each live one; empty if it has none."""
    if not troubles:
        words = "No worker has shown itself for a minute, so no email leaves."
        return WORKER.fail(words, START) if waiting else WORKER.warn(words, START)
    if told := [trouble for trouble in troubles if trouble]:
        words = f"The mail server is left alone for a while, for it said: {told[0]}"
        return WORKER.fail(words, "What is said here of the server tells what to do. Then emails leave by themselves.")
    return WORKER.ok(f"{len(troubles)} {'lives' if len(troubles) == 1 else 'live'}.")

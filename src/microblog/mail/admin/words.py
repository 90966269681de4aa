"""The status of an email in words, for an administrator."""

from datetime import datetime, timedelta

from microblog.mail.admin.queries import EmailEntry
from microblog.mail.outbox import State

UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))
UNWRITABLE = "cannot be written"
STORIES: dict[str, str] = {
    State.HELD: (
        "It is held since this site was restored from a backup: it waited when that was made, and may have been sent "
        "since. An administrator can send it or drop it."
    ),
    State.SENDING: "A worker is sending it now.",
    State.SENT: "The mail server took it. What became of it from there on, that server does not tell us.",
    State.FAILED: "The mail server refused it for good.",
    State.EXPIRED: "It could not leave in time, and would have come too late to be of use.",
    State.DROPPED: "It was not sent.",
}


def ago(span: timedelta) -> str:
    """Say how long a span is, in its largest unit, rounded down: "3 minutes"."""
    for unit, name in UNITS:
        if span >= unit:
            return counted(span // unit, name)
    return counted(max(0, int(span.total_seconds())), "second")


def counted(number: int, name: str) -> str:
    """Put a number before a noun."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def story(entry: EmailEntry, now: datetime, obstacle: str = "") -> str:
    """Describe the status of an email and what happens next. `obstacle` is what stops all delivery now."""
    if entry.state == State.WAITING:
        return waiting(entry, now, obstacle)
    if entry.state == State.DROPPED and entry.reason:
        return f"It was not sent: {entry.reason}."
    if entry.state == State.FAILED and entry.reason == UNWRITABLE:
        return "It could not be written, which is a fault of this program. The log says more."
    return STORIES.get(entry.state, "")


def waiting(entry: EmailEntry, now: datetime, obstacle: str = "") -> str:
    """Say what a waiting email waits for."""
    if entry.due_at <= now:
        stands = (
            "It waits for a worker." if not entry.tries else "It could not be sent yet and is due for its next try."
        )
        return obstacle or stands
    when = ago(entry.due_at - now + timedelta(seconds=1))
    if obstacle:
        return f"{obstacle} The next try is in {when}."
    return f"It leaves in {when}." if not entry.tries else f"It could not be sent yet. The next try is in {when}."


def last_response(entry: EmailEntry, obstacle: str) -> str:
    """Return what a list says below an email that was not sent: the server's response, or what it waits for."""
    if entry.state == State.SENT:
        return ""
    return entry.reply or (obstacle if entry.state == State.WAITING else "")

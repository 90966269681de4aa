"""Texts of emails, for an administrator: their status, and what was done with one."""

from datetime import datetime, timedelta

from microblog.mail import CANNOT_BE_WRITTEN, State
from microblog.mail.admin import EmailEntry, Outcome
from microblog.words.reasons import reason_text
from microblog.words.spans import ago

OUTCOMES = {
    Outcome.DUE: "This email is due now. A worker takes it as soon as the mail server can be used.",
    Outcome.DROPPED: "This email is dropped. It will not be sent.",
    Outcome.DROPPED_IN_HAND: (
        "This email is dropped, but a worker had it in hand. If it leaves all the same, it will be shown as sent."
    ),
}
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


def story(entry: EmailEntry, now: datetime, obstacle: str = "") -> str:
    """Describe the status of an email and what happens next. `obstacle` is what stops all delivery now."""
    if entry.state == State.WAITING:
        return waiting(entry, now, obstacle)
    if entry.state == State.DROPPED and entry.reason:
        return f"It was not sent: {reason_text(entry.reason)}."
    if entry.state == State.FAILED and entry.reason == CANNOT_BE_WRITTEN:
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


def last_words(entry: EmailEntry) -> str:
    """Return the server's last words, or why it was not asked for any."""
    unasked = entry.state in (State.DROPPED, State.EXPIRED)
    return entry.reply or (reason_text(entry.reason) if unasked else "")


def last_response(entry: EmailEntry, obstacle: str) -> str:
    """Return what a list says below an email that was not sent: its last words, or what it waits for."""
    if entry.state == State.SENT:
        return ""
    return last_words(entry) or (obstacle if entry.state == State.WAITING else "")

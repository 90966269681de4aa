"""Texts of emails, for an administrator: their status, and what was done with one."""

from datetime import datetime, timedelta

from microblog.mail import CANNOT_BE_WRITTEN, State
from microblog.mail.admin import ActionRefused, EmailEntry, Outcome
from microblog.words.reasons import reason_text
from microblog.words.spans import ago

OUTCOMES = {
    Outcome.DUE: "This email is due now. A worker takes it as soon as the mail server can be used.",
    Outcome.DROPPED: "This email is dropped. It will not be sent.",
    Outcome.DROPPED_IN_HAND: (
        "This email is dropped, but a worker had it in hand. If it leaves all the same, it will be shown as sent."
    ),
}
REFUSALS = {
    "no_such_email": "There is no email with that number.",
    "email_sent": "This email was sent. Sending it again would reach its reader twice.",
    "email_being_sent": "A worker is sending this email now. Please look again in a minute.",
    "email_forgotten": (
        "What this email is written from was deleted when its time was over, so it cannot be sent any more."
    ),
    "email_not_held": "This email is not held, so there is nothing to release.",
    "email_ended": "This email has ended already, so there is nothing to drop.",
    "email_changed": "A worker changed this email just now, so nothing was done. Please look at it again.",
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


def action_refused_text(refusal: ActionRefused) -> str:
    """Say why nothing was done with an email."""
    return REFUSALS[refusal.code]


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

"""Texts of events: what happened, why, a rough origin, and the outcome of the email."""

from microblog.audit import EventType
from microblog.auth import Action
from microblog.auth.emails.confirm import ACTIONS
from microblog.auth.emails.deletion_cancelled import REASONS
from microblog.mail import State
from microblog.origin import Origin
from microblog.words import reasons

EVENTS = {
    EventType.SIGNED_UP: "The account was made",
    EventType.SIGNED_IN: "Signed in",
    EventType.SIGN_IN_REFUSED: "A failed sign-in",
    EventType.SIGNED_OUT: "Signed out",
    EventType.ACCOUNT_DEACTIVATED: "The account was deactivated",
    EventType.ACCOUNT_REACTIVATED: "The account was reactivated",
    EventType.USERNAME_CHANGED: "The username was changed",
    EventType.SESSION_ENDED: "A session was ended",
    EventType.RESET_REQUESTED: "Somebody asked for a password reset email",
    EventType.RESET_LINK_OPENED: "The link of a password reset email was opened",
    EventType.RESET_LINK_REFUSED: "The link of a password reset email was refused",
    EventType.PASSWORD_RESET: "The password was reset",
    EventType.PASSWORD_CHANGED: "The password was changed",
    EventType.TAKEOVER_REPORTED: "Somebody who reads the account's email said that a change was not theirs",
    EventType.RECOVERY_LINK_MADE: "An administrator made a link to choose a new password",
    EventType.EMAIL_CHANGE_REQUESTED: "A change of the email address was begun",
    EventType.EMAIL_CHANGED: "The email address was changed",
    EventType.EMAIL_RESTORED: "The email address was taken back",
    EventType.BACKUP_EMAIL_REQUESTED: "A backup email was typed",
    EventType.BACKUP_EMAIL_ADDED: "A backup email was added",
    EventType.BACKUP_EMAIL_REMOVED: "The backup email was removed",
    EventType.RECOVERY_CODES_MADE: "Recovery codes were made",
    EventType.RECOVERY_CODES_ENDED: "The recovery codes were ended",
    EventType.RECOVERY_CODE_USED: "A recovery code was used",
    EventType.RECOVERY_CODE_REFUSED: "A wrong recovery code was typed",
    EventType.CONFIRMATION_REQUESTED: "A confirmation was asked for by email",
    EventType.DATA_DOWNLOADED: "Everything the account holds was downloaded",
    EventType.DELETION_REQUESTED: "The account was to be deleted three days later",
    EventType.DELETION_CANCELLED: "The deletion was cancelled",
    EventType.ACCOUNT_DELETED: "An account was deleted",
}
DETAILS = {
    # why a sign-in failed
    "no_such_name": "no such name",
    "account_deactivated": "account is deactivated",
    "password_locked": "password is locked",
    "wrong_password": "wrong password",
    "too_many_tries": "too many tries",
    "while_signed_in": "while signed in",
    # password resets
    "told_to_wait": "told to wait: too many requests",
    "link_expired": "expired",
    "link_used": "used or replaced",
    "takeover_reported": "it was somebody else",
    "by_recovery_code": "by a recovery code",
    "codes_left": "{} left",
    "address_not_restored": "an address is somebody else's by now",
    # sessions, and who did it
    "device": "{}",
    "others": "{} others",
    "others:1": "1 other",
    "by_administrator": "by an administrator",
    "by_administrator:": "by {}",
    **reasons.TEXTS,  # of reset emails that were not sent
    **{action.value: f"to {words}" for action, words in ACTIONS.items()},
    **{f"cancelled_by_{by.value}": words for by, words in REASONS.items()},
}
"""A code that ends in a colon has other words with a value than without; one with a value has words of its own."""
OUTCOMES = {
    State.WAITING: "the email waits to be sent",
    State.HELD: "the email is held since this site was restored from a backup",
    State.SENDING: "the email is being sent",
    State.SENT: "the email was sent",
    State.FAILED: "the email was refused by the mail server",
    State.EXPIRED: "the email could not be sent in time",
    State.DROPPED: "no email was sent",
}


def event_text(kind: str) -> str:
    """Say what happened; a type of a newer version is shown as it is."""
    return EVENTS[EventType(kind)] if kind in set(EventType) else kind.replace("_", " ").capitalize()


def detail_text(detail: str) -> str:
    """Say why or what; what has no words here is shown as it is."""
    code, colon, value = detail.partition(":")
    for key in (detail, f"{code}{colon}", code):
        if key in DETAILS:
            return DETAILS[key].format(value)
    return detail


def action_text(action: Action) -> str:
    """Say what somebody asked to do, as it goes on after "somebody asked to"."""
    return ACTIONS[action]


def outcome_text(state: str) -> str:
    """Say what became of an email, nothing where there was none."""
    return OUTCOMES[State(state)] if state else ""


def origin_text(origin: Origin) -> str:
    """Say roughly where something came from, nothing where nobody asked by web."""
    return origin.words if origin.device else ""

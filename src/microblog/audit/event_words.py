"""Words for what happened and for what became of its letter, as its owner and the operator read them."""

from microblog.audit.events import Happened
from microblog.mail import State

WORDS = {
    Happened.SIGNED_UP: "The account was made",
    Happened.SIGNED_IN: "Signed in",
    Happened.SIGN_IN_REFUSED: "A try to sign in was refused",
    Happened.SIGNED_OUT: "Signed out",
    Happened.DEACTIVATED: "Whoever runs the site deactivated the account",
    Happened.REACTIVATED: "Whoever runs the site let the account work again",
    Happened.USERNAME_CHANGED: "The username was changed",
    Happened.LOGIN_ENDED: "A sign-in was ended",
    Happened.RESET_ASKED: "Somebody asked for a letter to choose a new password",
    Happened.RESET_OPENED: "The link of such a letter was opened",
    Happened.RESET_REFUSED: "The link of such a letter was refused",
    Happened.PASSWORD_RESET: "A new password was chosen without the one before",
    Happened.PASSWORD_CHANGED: "The password was changed",
    Happened.NOT_ME: "Somebody who reads the account's mail said that a change was not theirs",
    Happened.RECOVERED_BY_OPERATOR: "Whoever runs the site made a link to choose a new password",
    Happened.ADDRESS_CHANGE_ASKED: "A move to another address was begun",
    Happened.ADDRESS_CHANGED: "The address was changed",
    Happened.ADDRESS_TAKEN_BACK: "The address was taken back",
    Happened.SECOND_ADDRESS_ASKED: "A second address was typed",
    Happened.SECOND_ADDRESS_ADDED: "A second address was added",
    Happened.SECOND_ADDRESS_REMOVED: "The second address was removed",
    Happened.CODES_MADE: "Recovery codes were made",
    Happened.CODES_ENDED: "The recovery codes were ended",
    Happened.CODE_USED: "A recovery code was used",
    Happened.CODE_REFUSED: "A wrong recovery code was typed",
    Happened.CONFIRMATION_ASKED: "A confirmation was asked for by letter",
    Happened.EXPORTED: "Everything the account holds was downloaded",
    Happened.DELETION_ASKED: "The account was to be deleted three days later",
    Happened.DELETION_CANCELLED: "The deletion was cancelled",
    Happened.DELETED: "An account was deleted",
}
OUTCOMES = {
    State.WAITING: "the letter waits to leave",
    State.HELD: "the email is held since this site was restored from a backup",
    State.SENDING: "the letter is leaving",
    State.SENT: "the letter was sent",
    State.FAILED: "the letter was refused by the mail server",
    State.EXPIRED: "the letter could not leave in time",
    State.DROPPED: "no letter was sent",
}


def words_for(kind: str) -> str:
    """Say what happened; what a newer version noted is said in its own words."""
    return WORDS[Happened(kind)] if kind in set(Happened) else kind.capitalize()


def outcome_of(state: str | None) -> str:
    """Say what became of a letter, nothing where there was none."""
    return OUTCOMES[State(state)] if state else ""

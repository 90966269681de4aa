"""Texts of link problems: a title and a text for each link and problem."""

from collections.abc import Callable
from typing import NamedTuple

from microblog.links import LinkProblem


class LinkWords(NamedTuple):
    """The title and text of a page."""

    title: str
    text: str | Callable[..., str]


NOT_OPENED = LinkWords(
    "Please open the link in the email",
    "This page works in the browser in which you opened the link from the email. If you have just opened it, your "
    "browser did not keep this site's cookie: allow cookies for this site, then open the link again.",
)
NOT_GENUINE = LinkWords(
    "This link is not complete, or not from here",
    "Perhaps a part of it was lost when it was copied. Please open it once more from the email.",
)
USED, EXPIRED = "This link has been used or replaced", "This link has expired"
ANOTHERS = "This address belongs to another account"
CHANGE_TAKEN = "Another account has this address now, and an address belongs to one account only. Nothing was changed."


def reset_expired(minutes: int) -> str:
    """Say how long a link works."""
    return f"For your safety a link works for {minutes} minute{'s' if minutes > 1 else ''} after its email was sent."


OF_ALL: dict[LinkProblem, LinkWords] = {
    LinkProblem.NOT_OPENED: NOT_OPENED,
    LinkProblem.NOT_GENUINE: NOT_GENUINE,
    LinkProblem.EXPIRED: LinkWords(EXPIRED, "For your safety a link works for a limited time."),
    LinkProblem.USED: LinkWords(USED, "Each link works once, and ends when a newer one replaces it."),
    LinkProblem.GONE: LinkWords(EXPIRED, "What it was for is not here any more."),
    LinkProblem.ADDRESS_TAKEN: LinkWords(ANOTHERS, CHANGE_TAKEN),
}
"""What is said of a link that has no words of its own for a problem."""
OF_EACH: dict[str, dict[LinkProblem, LinkWords]] = {
    "reset_password": {
        LinkProblem.EXPIRED: LinkWords(EXPIRED, reset_expired),
        LinkProblem.USED: LinkWords(
            USED,
            "Each link works once, and a change of the password or of an address ends all links made before it.",
        ),
    },
    "not_me": {
        LinkProblem.EXPIRED: LinkWords(
            EXPIRED,
            "It worked for some days after the change. You can still ask for an email to reset your password.",
        ),
        LinkProblem.USED: LinkWords(
            "This link no longer works",
            "Since we sent it, the account was recovered, or this address was removed from it. "
            "If you can't sign in, ask for an email to reset your password.",
        ),
        LinkProblem.ADDRESS_TAKEN: LinkWords(
            ANOTHERS,
            "An email address can belong to one account only. Remove it from the other account first, "
            "then open this link again.",
        ),
    },
    "finish_sign_up": {
        LinkProblem.NOT_GENUINE: LinkWords(
            "This link is not complete",
            "This link is not complete. Please open it once more from the email, or sign up again.",
        ),
        LinkProblem.EXPIRED: LinkWords(EXPIRED, "This link has expired: it worked for a day. Please sign up again."),
        LinkProblem.USED: LinkWords(
            USED,
            "This sign-up has been finished already, or was replaced by a newer one. If it was yours, you can sign in.",
        ),
    },
    "second_address": {
        LinkProblem.NOT_GENUINE: LinkWords("This link is not complete", NOT_GENUINE.text),
        LinkProblem.USED: LinkWords(
            "This link no longer works",
            "It worked once, for a day, and only for the address you entered last. "
            "You can ask for a new email on your backup email page.",
        ),
        LinkProblem.ADDRESS_TAKEN: LinkWords(
            ANOTHERS,
            "An address can belong to one account alone. Please name another one, "
            "or remove this one from the other account first.",
        ),
    },
    "change_address": {
        LinkProblem.EXPIRED: LinkWords(
            EXPIRED, "It worked for a day. You can ask for another on the page of your account."
        ),
        LinkProblem.USED: LinkWords(
            USED,
            "Each link works once. This one was used, or replaced by a newer one, or the account was changed since.",
        ),
        LinkProblem.ADDRESS_TAKEN: LinkWords(ANOTHERS, CHANGE_TAKEN),
    },
    "take_back_address": {
        LinkProblem.EXPIRED: LinkWords(EXPIRED, "An address can be taken back for {days} days."),
        LinkProblem.USED: LinkWords(USED, "The address was taken back already, or the account was recovered since."),
        LinkProblem.ADDRESS_TAKEN: LinkWords(ANOTHERS, CHANGE_TAKEN),
    },
    "confirm": {
        LinkProblem.EXPIRED: LinkWords(
            EXPIRED,
            "It worked for an hour. Nothing was done; you can ask for another on the page of your account.",
        ),
        LinkProblem.USED: LinkWords(
            USED,
            "It was used already, replaced by a newer one, or the account was changed since. Nothing was done.",
        ),
    },
    "keep_account": {
        LinkProblem.EXPIRED: LinkWords(
            EXPIRED,
            "It worked for three days. If the account has not been deleted yet, signing in still keeps it.",
        ),
        LinkProblem.USED: LinkWords(
            USED,
            "The deletion was cancelled, so the account stays. "
            "If you asked for it again, use the link in the newer email.",
        ),
        LinkProblem.GONE: LinkWords(EXPIRED, "The account it was for has been deleted or deactivated."),
    },
}
"""By the link's purpose."""


def words_for_link(purpose: str, problem: LinkProblem) -> LinkWords:
    """Return title and text for a problem with a link."""
    return OF_EACH.get(purpose, {}).get(problem) or OF_ALL[problem]

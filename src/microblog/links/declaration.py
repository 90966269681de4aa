"""The declaration of a link: what the email that carries it and the page it leads to both have to know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from microblog.settings import Settings

Lifetime = timedelta | Callable[[Settings], timedelta]
State = Callable[..., tuple[object, ...]]


class Needs(StrEnum):
    """The requirements of a link's page before its action, beside its button."""

    BUTTON = "button"
    """Nothing, or what the page's own form asks for."""
    TICK = "tick"
    """A box to tick: a mail scanner that presses buttons must not do it."""
    OWNER = "owner"
    """The account's session in this browser, or its password."""
    SESSION = "session"
    """The account's session in this browser."""


@dataclass(frozen=True)
class EmailedLink:
    """A link that an email carries.

    `purpose` names the claim of its JWT that holds the subject, and the audience. The link is bound to what `state`
    returns, such as the password hash of an account: when that changes, the link is dead, however long it would have
    lived.
    """

    purpose: str
    page: str
    """The path of its page; the token follows it."""
    lifetime: Lifetime
    state: State
    keys_for: str = ""
    """What the keys are derived for, where several links share them; the purpose of the link otherwise."""


@dataclass(frozen=True)
class EmailedAction(EmailedLink):
    """A link whose page has a button. Opening it changes nothing, for programs that look through mail open links."""

    needs: Needs = Needs.BUTTON

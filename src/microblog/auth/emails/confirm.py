"""To the primary address: the link that confirms a sensitive action, soon after a recovery."""

from collections.abc import Iterator
from dataclasses import dataclass

from microblog.auth.confirmable_actions import Action
from microblog.auth.links import CONFIRM_LINK, OPEN_FOR
from microblog.auth.models import Confirmation
from microblog.email_context import EmailContext
from microblog.identity import get_account
from microblog.links import SAMPLE_TOKEN
from microblog.mail import (
    ALICE,
    ALICES_ADDRESS,
    EmailType,
    QueuedEmail,
    Rendered,
    Result,
    Sample,
    Skip,
    render_templates,
)
from microblog.origin import SAMPLE_ORIGIN, Origin

ACTIONS = {
    Action.CHANGE_ADDRESS: "move your account to another address",
    Action.DOWNLOAD: "download everything your account holds",
    Action.DELETE: "delete your account",
}
"""Each as it goes on after "somebody asked to …"."""


@dataclass(frozen=True)
class ConfirmationAsked:
    """The confirmation, and the origin of its requester."""

    confirmation_id: int
    nonce: str
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[ConfirmationAsked]) -> Result:
    """Sign the link; its hour begins now."""
    asked = context.session.get(Confirmation, email.payload.confirmation_id)
    account = get_account(context.session, asked.account_id) if asked else None
    if asked is None or account is None or asked.nonce != email.payload.nonce:
        return Skip("confirmation_over")
    ends = (context.now + OPEN_FOR).replace(microsecond=0)
    link = context.links.signed_url(CONFIRM_LINK, asked.id, asked, account, expires=ends)
    values = {
        "username": account.username,
        "action": ACTIONS[Action(asked.action)],
        "asked": asked.asked_at,
        "origin": email.payload.origin.words,
        "link": link,
        "ends": ends,
    }
    return render_values(context, account.email, values)


def render_values(context: EmailContext, to: str, values: dict[str, object]) -> Rendered:
    """Fill the templates."""
    return render_templates(__name__, "confirm", to, {**values, "forgot_url": context.pages.forgot})


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional request for a download."""
    values = {
        "username": ALICE,
        "action": ACTIONS[Action.DOWNLOAD],
        "asked": context.now,
        "origin": SAMPLE_ORIGIN.words,
        "link": context.links.url(CONFIRM_LINK, SAMPLE_TOKEN),
        "ends": context.now + OPEN_FOR,
    }
    about = "Before something grave, for a day after a recovery."
    yield Sample("confirm", about, render_values(context, ALICES_ADDRESS, values))


CONFIRM = EmailType(
    name="confirm",
    urgent=True,
    ttl=OPEN_FOR,
    payload=ConfirmationAsked,
    render=render,
    samples=samples,
)

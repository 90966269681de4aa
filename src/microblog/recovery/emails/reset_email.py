"""The rendering that the emails with a reset link share."""

from datetime import timedelta
from typing import Any

from microblog.audit import EventType, record
from microblog.email_context import EmailContext
from microblog.identity import Account
from microblog.links import SAMPLE_TOKEN
from microblog.mail import ALICE, QueuedEmail
from microblog.origin import Origin
from microblog.recovery.links import RESET_LINK, sign_reset_link

USEFUL_FOR = timedelta(days=1)  # an email that the mail server could not take for longer would only puzzle


def reset_values(context: EmailContext, account: Account, to: str) -> dict[str, Any]:
    """Sign a link, and return what the templates need."""
    link, ends = sign_reset_link(context.links, account, context.now, to)
    return {"username": account.username, "link": link, "ends": ends, "minutes": context.settings.reset_link_minutes}


def sample_values(context: EmailContext) -> dict[str, Any]:
    """Return what the templates need, for a fictional member."""
    minutes = context.settings.reset_link_minutes
    ends = context.now + timedelta(minutes=minutes)
    return {"username": ALICE, "link": context.links.url(RESET_LINK, SAMPLE_TOKEN), "ends": ends, "minutes": minutes}


def record_asked(
    context: EmailContext,
    email: QueuedEmail[Any],
    origin: Origin,
    account_id: int | None,
    about: str = "",
    detail: str = "",
) -> None:
    """Record, once for each email, that it was asked for: when and from where it was, not when this is found out.

    For an account, or where there is none for `about`, the keyed hash of what was typed.
    """
    if email.progress.get("noted") == email.id:
        return
    record(
        context.session,
        account_id,
        EventType.RESET_REQUESTED,
        email.queued_at,
        origin=origin,
        detail=detail,
        email_id=email.id,
        about="" if account_id else about,
    )

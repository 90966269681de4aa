"""To the new address: the link that completes the change, or to another account that has it, that nothing changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microblog.contact.address_owners import holder, spelled_by
from microblog.contact.links import CHANGE_ADDRESS_LINK, OPEN_FOR, change_address_link, is_stopped
from microblog.contact.models import AddressChange
from microblog.email_context import EmailContext
from microblog.identity import Account, get_account
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
from microblog.registration import SAME_ADDRESS, per_address

COUNTED = {"counted": True}


@dataclass(frozen=True)
class AddressChangeLink:
    """The change of address; `asked_at` tells it from a later one."""

    change_id: int
    asked_at: datetime


def render(context: EmailContext, email: QueuedEmail[AddressChangeLink]) -> Result:
    """Render it for whoever the address belongs to now, counting it once, however often it is tried."""
    change = context.session.get(AddressChange, email.payload.change_id)
    if change is None or change.asked_at != email.payload.asked_at or change.completed_at:
        return Skip("email_change_over")
    account = get_account(context.session, change.account_id)
    if account is None or is_stopped(change, account):
        return Skip("recovered_since")
    if not may_leave(context, change, email.progress):
        return Skip(SAME_ADDRESS)
    if owner := holder(context.session, change.new_email_key, but=account.id):
        return render_in_use(context, owner, change)
    link, ends = change_address_link(context, change, account)
    return render_templates(
        __name__, "change_address", change.new_email, {"link": link, "ends": ends}, progress=COUNTED
    )


def may_leave(context: EmailContext, change: AddressChange, progress: Mapping[str, Any]) -> bool:
    """Count the email once, by the limit that emails of sign-up have."""
    if "counted" in progress:
        return True
    limit = per_address(context.settings)
    return context.limits.spend(context.session, limit, change.new_email_key, context.now).allowed


def render_in_use(context: EmailContext, owner: Account, change: AddressChange) -> Rendered:
    """Tell the account that has the address."""
    to = spelled_by(context.session, owner, change.new_email_key)
    return render_templates(__name__, "address_in_use", to, in_use_values(context, owner.username), progress=COUNTED)


def in_use_values(context: EmailContext, username: str) -> dict[str, str]:
    """Return what the templates for the owner of the address need."""
    return {"username": username, "sign_in_url": context.pages.sign_in}


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render both cases."""
    values = {"link": context.links.url(CHANGE_ADDRESS_LINK, SAMPLE_TOKEN), "ends": context.now + OPEN_FOR}
    yield Sample(
        "change_address",
        "To a new address, when a member moves there.",
        render_templates(__name__, "change_address", ALICES_ADDRESS, values),
    )
    yield Sample(
        "address_in_use",
        "To a new address that is another account's already, instead of that.",
        render_templates(__name__, "address_in_use", ALICES_ADDRESS, in_use_values(context, ALICE)),
    )


CHANGE_ADDRESS = EmailType(
    name="change_address",
    urgent=True,
    ttl=OPEN_FOR,
    payload=AddressChangeLink,
    render=render,
    samples=samples,
)

"""To whoever signs up: to a new address the link that finishes it, to a known one how to sign in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from microblog.email_context import EmailContext
from microblog.identity import Account
from microblog.limits import Limit
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
from microblog.registration.links import FINISH_SIGN_UP_LINK, OPEN_FOR, finish_sign_up_link
from microblog.registration.models import SignUp
from microblog.settings import Rate, Settings

NETWORKS = 4  # that may use up their allowance before an address gets no more emails
SAME_ADDRESS = "too_many_sign_up_emails"


@dataclass(frozen=True)
class SignUpAsked:
    """The sign-up, and a keyed hash of the requester's network: emails to one address are limited for each."""

    sign_up_id: int
    asker: str


def render(context: EmailContext, email: QueuedEmail[SignUpAsked]) -> Result:
    """Render it for whoever the address belongs to now."""
    pending = context.session.get(SignUp, email.payload.sign_up_id)
    if pending is None:
        return Skip("sign_up_over")
    owner = context.session.scalar(select(Account).where(Account.email_key == pending.email_key))
    if is_over_limit(context, pending, email.payload.asker, email.progress):
        return Skip(SAME_ADDRESS)
    return render_already_member(context, owner) if owner else render_finish_sign_up(context, pending)


def render_reminder(context: EmailContext, email_key: str, progress: Mapping[str, Any]) -> Result | None:
    """Render the link once more for an unfinished sign-up; None where there is none for the address."""
    unfinished = select(SignUp).where(SignUp.email_key == email_key, SignUp.expires_at > context.now)
    pending = context.session.scalar(unfinished.order_by(SignUp.id.desc()).limit(1))
    if pending is None:
        return None
    if is_over_limit(context, pending, "", progress):
        return Skip(SAME_ADDRESS)
    return render_finish_sign_up(context, pending)


def is_over_limit(context: EmailContext, pending: SignUp, asker: str, progress: Mapping[str, Any]) -> bool:
    """Count an email once, however often it is tried: for the network that asked, then for all together.

    So a stranger can't use up what is left to the address's owner, unless from several networks at once.
    """
    if "counted" in progress:
        return False
    limit = per_address(context.settings)
    times = limit.rate.times and limit.rate.times * NETWORKS
    of_all = Limit(f"{limit.name}, all", Rate(times, limit.rate.seconds))
    counts = ((limit, f"{asker} {pending.email_key}"), (of_all, pending.email_key))
    return not all(context.limits.spend(context.session, *count, context.now).allowed for count in counts)


def per_address(settings: Settings) -> Limit:
    """Return how many emails one address gets that nobody has confirmed yet."""
    return Limit("sign-up letters per address", settings.limits.sign_up_per_identifier)


def render_finish_sign_up(context: EmailContext, pending: SignUp) -> Rendered:
    """Sign the link. It works for a day, counted from when the email leaves."""
    ends = pending.expires_at = context.now + OPEN_FOR
    values = {"link": finish_sign_up_link(context, pending, ends), "ends": ends}
    return render_templates(__name__, "finish_sign_up", pending.email, values, progress={"counted": True})


def render_already_member(context: EmailContext, owner: Account) -> Rendered:
    """Tell the owner of a known address how to sign in."""
    values = already_values(context, owner.username)
    return render_templates(__name__, "already_member", owner.email, values, progress={"counted": True})


def already_values(context: EmailContext, username: str) -> dict[str, Any]:
    """Return what the templates for the owner of a known address need."""
    return {"username": username, "sign_in_url": context.pages.sign_in, "forgot_url": context.pages.forgot}


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render both cases."""
    values = {"link": context.links.url(FINISH_SIGN_UP_LINK, SAMPLE_TOKEN), "ends": context.now + OPEN_FOR}
    yield Sample(
        "finish_sign_up",
        "After signing up, to an address that has no account yet.",
        render_templates(__name__, "finish_sign_up", ALICES_ADDRESS, values),
    )
    yield Sample(
        "already_member",
        "After signing up, to an address that has an account already.",
        render_templates(__name__, "already_member", ALICES_ADDRESS, already_values(context, ALICE)),
    )


SIGN_UP = EmailType(  # not urgent: any stranger can cause thousands, and recovery must overtake them
    name="sign_up",
    ttl=OPEN_FOR,
    payload=SignUpAsked,
    render=render,
    samples=samples,
)

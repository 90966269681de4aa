"""To an account's addresses: the link to choose a new password that somebody asked for.

Whose account it is, if anybody's, is found when it is rendered: the request reads no account.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microblog.audit import hash_identifier
from microblog.email_context import EmailContext
from microblog.identity import Reached, find_reached, load_by_keys
from microblog.mail import (
    ALICES_ADDRESS,
    EmailType,
    QueuedEmail,
    Result,
    Sample,
    Skip,
    canonical_identifier,
    queue,
    render_templates,
)
from microblog.origin import NOWHERE, Origin
from microblog.recovery.allowance import reset_allowance
from microblog.recovery.emails.reset_email import USEFUL_FOR, record_asked, reset_values, sample_values
from microblog.recovery.reset_key import reset_email_key
from microblog.recovery.takeover_mute import MUTED_FOR
from microblog.registration import render_reminder

MUTED = "muted_by_owner"
TOO_MANY = "too_many_reset_emails"


@dataclass(frozen=True)
class ResetAsked:
    """The identifier that was typed, and the origin of its requester."""

    identifier: str
    origin: Origin = NOWHERE
    account_id: int | None = None
    """Where this goes with an email to another address of the same account, which was counted and recorded."""


def render(context: EmailContext, email: QueuedEmail[ResetAsked]) -> Result:
    """Find the account, count and record the email once however often it is tried, and sign the link."""
    reached = find_asked(context, email.payload)
    if reached is None:
        unfinished = render_reminder(context, email.payload.identifier, email.progress)
        result = unfinished or Skip("no_such_account")
    elif reason := reason_to_skip(context, reached, email):
        result = Skip(reason)
    else:
        result = render_reset(context, reached, email)
    record_request(context, email, reached, result.reason if isinstance(result, Skip) else "")
    return result


def find_asked(context: EmailContext, asked: ResetAsked) -> Reached | None:
    """Return who is reached and where; nobody where it was queued for another account than has the name now."""
    reached = find_reached(context.session, asked.identifier)
    return reached if reached and asked.account_id in (None, reached.account.id) else None


def reason_to_skip(context: EmailContext, reached: Reached, email: QueuedEmail[ResetAsked]) -> str:
    """Say why an account gets no email, counting it once; empty where it gets one."""
    account, now = reached.account, context.now
    if account.muted_until is not None and now < account.muted_until <= now + MUTED_FOR:
        return MUTED
    if "counted" in email.progress:
        return ""
    backup = "" if reached.addresses[0] == account.email else canonical_identifier(reached.addresses[0])
    allowance = reset_allowance(context.settings)
    return "" if allowance.spend(context.session, account.id, email.payload.origin, now, backup) else TOO_MANY


def render_reset(context: EmailContext, reached: Reached, email: QueuedEmail[ResetAsked]) -> Result:
    """Sign the link for the first address, and queue the same for the others, one email each."""
    if "counted" not in email.progress:
        queue_for_others(context, reached, email)
    to = reached.addresses[0]
    values = reset_values(context, reached.account, to)
    return render_templates(__name__, "reset_password", to, values, progress={"counted": True, "noted": email.id})


def queue_for_others(context: EmailContext, reached: Reached, email: QueuedEmail[ResetAsked]) -> None:
    """Queue the emails to the other addresses of an account that was asked for by its username.

    They are counted already, together with the one they belong to.
    """
    for address in reached.addresses[1:]:
        key = canonical_identifier(address)
        queue(
            context.session,
            RESET_PASSWORD,
            to=address,
            payload=ResetAsked(key, account_id=reached.account.id),
            now=context.now,
            key=reset_email_key(key),
            expires_at=email.expires_at,
            progress={"counted": True},
        )


def record_request(context: EmailContext, email: QueuedEmail[ResetAsked], reached: Reached | None, detail: str) -> None:
    """Record what was asked for, unless this goes with an email to the first address, which was recorded."""
    if email.payload.account_id is None:
        typed = hash_identifier(context.settings.keys("events")[0], email.payload.identifier)
        account_id = reached.account.id if reached else None
        record_asked(context, email, email.payload.origin, account_id, typed, detail)


def on_unrendered(context: EmailContext, email: QueuedEmail[ResetAsked], reason: str) -> None:
    """Record that an email was asked for that is never rendered: it was a repeat, or came too late."""
    record_request(context, email, find_asked(context, email.payload), reason)


def preload(context: EmailContext, emails: Sequence[QueuedEmail[ResetAsked]]) -> None:
    """Look up the accounts of a whole batch at once."""
    load_by_keys(context.session, {email.payload.identifier for email in emails})


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    rendered = render_templates(__name__, "reset_password", ALICES_ADDRESS, sample_values(context))
    yield Sample("reset_password", "After asking for a new password.", rendered)


RESET_PASSWORD = EmailType(
    name="reset_password",
    urgent=True,
    ttl=USEFUL_FOR,
    payload=ResetAsked,
    render=render,
    preload=preload,
    on_unrendered=on_unrendered,
    samples=samples,
)

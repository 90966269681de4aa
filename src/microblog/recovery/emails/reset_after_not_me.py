"""To the address that reported a takeover or took the account's address back: the link to choose a new password."""

from collections.abc import Iterator
from dataclasses import dataclass

from microblog.email_context import EmailContext
from microblog.identity import get_account, standing_of
from microblog.mail import ALICES_ADDRESS, EmailType, QueuedEmail, Result, Sample, Skip, render_templates
from microblog.origin import Origin
from microblog.ownership import is_outlived
from microblog.recovery.emails.reset_email import USEFUL_FOR, record_asked, reset_values, sample_values

COME_BACK = "owner_is_back"


@dataclass(frozen=True)
class WayIn:
    """The account, and the address that proved its ownership."""

    account_id: int
    email_key: str
    after: int
    """The account's last recovery then."""
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[WayIn]) -> Result:
    """Sign the link. Nobody's mute and no stranger's asking keeps it back."""
    session, verified_account = context.session, email.payload
    account = get_account(session, verified_account.account_id)
    claimant = standing_of(session, account, verified_account.email_key, context.now) if account else None
    if account is None or claimant is None or claimant.removed_at:
        return Skip(COME_BACK)
    if is_outlived(session, account, claimant, verified_account.after, context.now, reported_id=verified_account.after):
        return Skip(COME_BACK)
    record_asked(context, email, verified_account.origin, account.id, detail="takeover_reported")
    values = reset_values(context, account, email.to)
    progress = {"counted": True, "noted": email.id}
    return render_templates(__name__, "reset_after_not_me", email.to, values, progress=progress)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    rendered = render_templates(__name__, "reset_after_not_me", ALICES_ADDRESS, sample_values(context))
    about = "After somebody said, by the link of that letter, that it was not them."
    yield Sample("reset_after_not_me", about, rendered)


RESET_AFTER_NOT_ME = EmailType(
    name="reset_after_not_me",
    urgent=True,
    ttl=USEFUL_FOR,
    payload=WayIn,
    render=render,
    samples=samples,
)

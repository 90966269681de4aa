"""\"This wasn't me\": the owner of an account reports that somebody else changed something, and comes back.

One transaction ends what `accounts.owner_is_back` says, locks the password, and emails the reporter a way in. The link
works again until the owner is back, for the way in is short-lived; each further time it does nothing but email another.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.context import Context
from microblog.identity import Account, Standing, present_addresses, removed_addresses
from microblog.identity.accounts import mute_reset_requests
from microblog.limits import Limit
from microblog.links import LinkProblem
from microblog.mail import queue
from microblog.origin import Origin
from microblog.ownership import REPORTABLE_WITHIN, ChangeKind, Means, Recovery, Restored, is_junior, last_recovery_id
from microblog.recovery.address_revert import lock, tell_restored
from microblog.recovery.codes import end_codes
from microblog.recovery.emails.reset_after_not_me import RESET_AFTER_NOT_ME, WayIn
from microblog.recovery.owner_is_back import owner_is_back, proof_by
from microblog.recovery.report_links import TakeoverReport, report_by
from microblog.recovery.takeover_mute import MUTED_FOR

NOT_PUT_BACK = "address_not_restored"


def report_takeover(context: Context, report: TakeoverReport) -> None:
    """Take an account away from whoever changed it, and email the reporter a way in; once more, email another.

    Raises:
        RateLimited: there were too many. A thief's reports count for their own address.
        LinkRefused: the owner came back since the link was opened, or the account is gone.
    """
    per_change = Limit("letters after not-me", context.settings.limits.reset_per_identifier)
    with context.writing() as session:
        context.spend(session, (per_change, f"{report.change.id} {report.claimant.email_key}"))
        end_takeover(session, report, context.origin, context.now)


def end_takeover(session: Session, report: TakeoverReport, origin: Origin, now: datetime) -> None:
    """Do the same, uncounted, as part of a transaction."""
    account = session.get(Account, report.account.id, with_for_update=True, populate_existing=True)
    if account is None or account.deactivated_at:
        raise report.link.refused(LinkProblem.USED)
    again = report_by(session, report.link, report.change, account, report.claimant.email, now)
    if not again.told:
        dispute(session, again, origin, now)
    send_way_in(session, account, again.claimant, origin, now)


def dispute(session: Session, report: TakeoverReport, origin: Origin, now: datetime) -> None:
    """Lock the account and undo what the reporter's address outranks."""
    change, claimant = report.change, report.claimant
    account = lock(session, report.account)
    own = session.get(Recovery, change.recovery_id) if change.recovery_id else None
    if own is not None and own.means == Means.CODE:
        end_codes(session, account.id)  # the sheet is in somebody else's hands
    proof = proof_by(claimant, Means.REPORT, change.id)
    returned = owner_is_back(session, account, proof, now, origin, removed_by(session, report))
    if not any(is_junior(claimant.since, one.since, now) for one in present_addresses(session, account)):
        mute_reset_requests(account, min(now + MUTED_FOR, change.at + REPORTABLE_WITHIN[report.kind]))
    addresses = returned.addresses
    detail = NOT_PUT_BACK if addresses.not_free else ""
    record(session, account.id, EventType.TAKEOVER_REPORTED, now, origin=origin, detail=detail)
    if addresses != Restored():
        tell_restored(session, account, addresses, now, origin)


def removed_by(session: Session, report: TakeoverReport) -> str:
    """Return the backup email that the reported change removed; empty where it is about something else."""
    if report.kind is not ChangeKind.BACKUP_REMOVED:
        return ""
    removed = removed_addresses(session, report.account.id, report.change.at)
    return next((one.email_key for one in removed if one.removed_at == report.change.at), "")


def send_way_in(session: Session, account: Account, claimant: Standing, origin: Origin, now: datetime) -> None:
    """Email a link to choose a new password to the address that proved who its reader is, and to no other."""
    after = last_recovery_id(session, account.id)
    # Each report locks the password again, which ends the links mailed before; only the same one twice is a repeat.
    key = f"way_in {after} {claimant.email_key}"
    payload = WayIn(account.id, claimant.email_key, after, origin)
    queue(session, RESET_AFTER_NOT_ME, to=claimant.email, payload=payload, now=now, key=key)

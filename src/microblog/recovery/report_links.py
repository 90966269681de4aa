"""The "This wasn't me" link in the emails about changes: what it is bound to, and when it expires."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.identity import Account, Standing, get_account, standing_of
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import canonical_identifier
from microblog.ownership import (
    ChangeKind,
    Recovery,
    ReportableChange,
    belongs_to_another,
    is_junior,
    is_outlived,
    may_dispute,
)


@dataclass(frozen=True)
class TakeoverReport:
    """The change that a valid link reports, the account, and the address the link was emailed to."""

    link: GenuineLink
    change: ReportableChange
    account: Account
    claimant: Standing
    told: bool
    """True where the same reader has reported it already, and has not come back yet."""

    @property
    def kind(self) -> ChangeKind:
        """The kind of the change."""
        return ChangeKind(self.change.kind)


def open_report(session: Session, link: GenuineLink, now: datetime) -> TakeoverReport:
    """Return what a link reports; changes nothing.

    Raises:
        LinkRefused: it has expired, or its reader cannot report the change any more.
    """
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED)
    change = session.get(ReportableChange, link.subject)
    account = get_account(session, change.account_id) if change else None
    if change is None or account is None:
        raise link.refused(LinkProblem.USED)
    for address in filter(None, (change.email, change.second_email)):
        if link.matches(address):
            return report_by(session, link, change, account, address, now)
    raise link.refused(LinkProblem.USED)


def report_by(
    session: Session, link: GenuineLink, change: ReportableChange, account: Account, address: str, now: datetime
) -> TakeoverReport:
    """Return the report of a change by the reader of one address.

    Raises:
        LinkRefused: the account does not know the address any more, or its owner came back by a proof as good.
    """
    if account.reactivated_at and change.at < account.reactivated_at:  # a deactivation ends every link
        raise link.refused(LinkProblem.USED)
    claimant = standing_of(session, account, canonical_identifier(address), now)
    if claimant is None or not may_dispute(session, account, claimant, now):
        raise link.refused(LinkProblem.USED)
    if claimant.removed_at and belongs_to_another(session, account, claimant.email_key):
        raise link.refused(LinkProblem.ADDRESS_TAKEN)
    reported_id = reported_by(session, change, claimant)
    if is_outlived(session, account, claimant, change.last_recovery_id, now, reported_id):
        raise link.refused(LinkProblem.USED)
    own = session.get(Recovery, change.recovery_id) if change.recovery_id else None
    if own is not None and is_junior(claimant.since, own.since, now):
        raise link.refused(LinkProblem.USED)
    return TakeoverReport(link, change, account, claimant, reported_id is not None)


def reported_by(session: Session, change: ReportableChange, claimant: Standing) -> int | None:
    """Return the number of the report of a change by this claimant, None where there is none yet."""
    same = Recovery.account_id == change.account_id, Recovery.change_id == change.id
    return session.scalar(select(func.min(Recovery.id)).where(*same, Recovery.email_key == claimant.email_key))

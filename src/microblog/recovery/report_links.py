"""The link "This wasn't me" in the emails about changes: what it is bound to, and when it is dead."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.identity import Account, Standing, get_account, standing_of
from microblog.links import LinkSigner, NotGenuine
from microblog.mail import canonical_identifier
from microblog.ownership import REPORTABLE_WITHIN as WITHIN
from microblog.ownership import (
    ChangeKind,
    Recovery,
    ReportableChange,
    belongs_to_another,
    is_junior,
    is_outlived,
    may_dispute,
    report_signer,
    sign_report,
)
from microblog.recovery.errors import LinkNotGenuine, ReportAddressTaken, ReportExpired, ReportVoid
from microblog.settings import Settings


@dataclass(frozen=True)
class TakeoverReport:
    """What a living link reports: the change, the account, and the address whose reader says so."""

    change: ReportableChange
    account: Account
    claimant: Standing
    told: bool
    """True where the same reader has reported it already, and has not come back yet."""

    @property
    def kind(self) -> ChangeKind:
        """What was changed."""
        return ChangeKind(self.change.kind)


@dataclass(frozen=True)
class ReportLinks:
    """Makes and judges these links, each bound to one change and one address.

    And to nothing that the next change of the account could alter: a thief who sets the password again, or changes the
    email address, must not end them. What ends them is the owner's return, by as good a proof.
    """

    signer: LinkSigner

    def sign(self, change_id: int, kind: ChangeKind, changed: datetime, to: str) -> tuple[str, datetime]:
        """Return the token for the email about a change to one address, and when it ends."""
        return sign_report(self.signer, change_id, kind, changed, to)

    def open(self, session: Session, token: str, now: datetime) -> TakeoverReport:
        """Return what a living link is about; changes nothing.

        Raises:
            DeadLink: as the class that says which way it is dead.
        """
        try:
            claims = self.signer.read(token)
        except NotGenuine as error:
            raise LinkNotGenuine from error
        if claims.over(now, max(WITHIN.values())):
            raise ReportExpired
        change = session.get(ReportableChange, claims.subject)
        account = get_account(session, change.account_id) if change else None
        if change is None or account is None:
            raise ReportVoid
        for address in filter(None, (change.email, change.second_email)):
            if self.signer.matches(claims, canonical_identifier(address)):
                return report_by(session, change, account, address, now)
        raise ReportVoid


def report_by(
    session: Session, change: ReportableChange, account: Account, address: str, now: datetime
) -> TakeoverReport:
    """Return the report of a change by the reader of one address.

    Raises:
        ReportVoid: the account does not know the address any more, or its owner came back by a proof as good.
    """
    if account.reactivated_at and change.at < account.reactivated_at:  # a deactivation ends every link
        raise ReportVoid
    claimant = standing_of(session, account, canonical_identifier(address), now)
    if claimant is None or not may_dispute(session, account, claimant, now):
        raise ReportVoid
    if claimant.removed_at and belongs_to_another(session, account, claimant.email_key):
        raise ReportAddressTaken
    reported_id = reported_by(session, change, claimant)
    if is_outlived(session, account, claimant, change.last_recovery_id, now, reported_id):
        raise ReportVoid
    own = session.get(Recovery, change.recovery_id) if change.recovery_id else None
    if own is not None and is_junior(claimant.since, own.since, now):
        raise ReportVoid
    return TakeoverReport(change, account, claimant, reported_id is not None)


def reported_by(session: Session, change: ReportableChange, claimant: Standing) -> int | None:
    """Return the number of the report of a change by this claimant, None where there is none yet."""
    same = Recovery.account_id == change.account_id, Recovery.change_id == change.id
    return session.scalar(select(func.min(Recovery.id)).where(*same, Recovery.email_key == claimant.email_key))


def report_links(settings: Settings) -> ReportLinks:
    """Return the maker and judge of this site's links "This wasn't me"."""
    return ReportLinks(report_signer(settings))

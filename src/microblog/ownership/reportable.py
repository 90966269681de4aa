"""Changes that their owner can report as a takeover, by a link in the email about each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from microblog.ownership.models import ReportableChange
from microblog.ownership.seniority import last_recovery_id


class ChangeKind(StrEnum):
    """The kind of a reportable change."""

    PASSWORD = "password"  # noqa: S105 - the name of a change
    BACKUP_ADDED = "backup_email_added"
    BACKUP_REMOVED = "backup_email_removed"
    CODES_MADE = "recovery_codes_made"


REPORTABLE_WITHIN = {
    ChangeKind.PASSWORD: timedelta(hours=72),
    ChangeKind.BACKUP_ADDED: timedelta(days=7),
    ChangeKind.BACKUP_REMOVED: timedelta(days=7),
    ChangeKind.CODES_MADE: timedelta(days=7),
}
"""For how long each can be reported."""


def record_change(
    session: Session,
    account_id: int,
    kind: ChangeKind,
    told: Sequence[str],
    now: datetime,
    recovery_id: int | None = None,
) -> int:
    """Keep a change, and the one or two addresses that are told how to report it; return its number."""
    primary, *second = told
    change = ReportableChange(
        account_id=account_id,
        kind=kind,
        at=now,
        email=primary,
        second_email="".join(second),
        recovery_id=recovery_id,
        last_recovery_id=last_recovery_id(session, account_id),
    )
    session.add(change)
    session.flush()
    return change.id

"""Ownership disputes: who of two people that claim an account is its owner, and what they can undo."""

from microblog.ownership.links import REPORT_LINK, report_link, report_link_if_told
from microblog.ownership.models import Recovery, ReportableChange
from microblog.ownership.recoveries import Proof, record_recovery, record_review
from microblog.ownership.reportable import REPORTABLE_WITHIN, ChangeKind, record_change
from microblog.ownership.restoring import Restored, belongs_to_another, restore_addresses
from microblog.ownership.seniority import (
    Means,
    is_junior,
    is_outlived,
    last_recovery_id,
    may_dispute,
    owner_addresses,
    rank,
)

__all__ = [
    "REPORTABLE_WITHIN",
    "REPORT_LINK",
    "ChangeKind",
    "Means",
    "Proof",
    "Recovery",
    "ReportableChange",
    "Restored",
    "belongs_to_another",
    "is_junior",
    "is_outlived",
    "last_recovery_id",
    "may_dispute",
    "owner_addresses",
    "rank",
    "record_change",
    "record_recovery",
    "record_review",
    "report_link",
    "report_link_if_told",
    "restore_addresses",
]

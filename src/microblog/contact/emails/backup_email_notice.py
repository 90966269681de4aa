"""The payload and template values that the notices about the backup email share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microblog.email_context import EmailContext
from microblog.links import SAMPLE_TOKEN
from microblog.mail import ALICE
from microblog.origin import SAMPLE_ORIGIN, Origin
from microblog.ownership import REPORT_LINK, REPORTABLE_WITHIN, ChangeKind, report_link_if_told

SAMPLE_ADDRESS = "alice@home.example"


@dataclass(frozen=True)
class BackupEmailChanged:
    """The address, and the reportable change."""

    username: str
    address: str
    at: datetime
    origin: Origin
    change_id: int


def notice_values(context: EmailContext, change: BackupEmailChanged, kind: ChangeKind, to: str) -> dict[str, Any]:
    """Return what the templates need, with the link to report the change where this address may use one."""
    link, ends = report_link_if_told(context, change.change_id, kind, change.at, to)
    return all_values(context, change, link, ends)


def all_values(context: EmailContext, change: BackupEmailChanged, link: str, ends: datetime) -> dict[str, Any]:
    """Return what the templates need."""
    return {
        "username": change.username,
        "address": change.address,
        "at": change.at,
        "origin": change.origin.words,
        "link": link,
        "ends": ends,
        "forgot_url": context.pages.forgot,
    }


def sample_values(context: EmailContext, kind: ChangeKind) -> dict[str, Any]:
    """Return what the templates need for a fictional change."""
    change = BackupEmailChanged(ALICE, SAMPLE_ADDRESS, context.now, SAMPLE_ORIGIN, 0)
    return all_values(
        context, change, context.links.url(REPORT_LINK, SAMPLE_TOKEN), context.now + REPORTABLE_WITHIN[kind]
    )

"""Pending confirmations of a name or an address: unfinished sign-ups and backup emails."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.contact import pending_backup_emails
from microblog.registration import pending_sign_ups


@dataclass(frozen=True)
class Unfinished:
    """A pending confirmation: a sign-up, or a backup email."""

    at: datetime
    until: datetime
    words: str


def unfinished(session: Session, keys: Collection[str]) -> list[Unfinished]:
    """Return what was begun with one of these addresses and waits for its email to be answered."""
    sign_ups = pending_sign_ups(session, keys)
    found = [Unfinished(one.created_at, one.expires_at, f"sign-up begun as {one.username}") for one in sign_ups]
    asked = pending_backup_emails(session, keys)
    return found + [Unfinished(one.asked_at, one.expires_at, "named as a member's second address") for one in asked]

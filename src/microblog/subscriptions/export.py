"""A member's email choices, in their download."""

from dataclasses import asdict

from sqlalchemy.orm import Session

from microblog.exports import ExportPart, Row
from microblog.subscriptions.choices import choices_of


def choices_after(session: Session, account_id: int, after: int) -> list[tuple[int, Row]]:
    """Return the choices as the only row."""
    return [] if after else [(1, asdict(choices_of(session, account_id)))]


EXPORTERS: tuple[ExportPart, ...] = (ExportPart("letters", choices_after),)

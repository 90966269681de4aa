"""The simplest email there is, for tests of the outbox and of delivery."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from microblog.mail import EmailType, QueuedEmail, Rendered, Result, bind_email_types
from microblog.mail.binding import BoundEmailType


@dataclass(frozen=True)
class Note:
    name: str = ""


@dataclass(frozen=True)
class NoteContext:
    """All that rendering a note needs."""

    session: Session
    now: datetime


RenderNote = Callable[[NoteContext, QueuedEmail[Note]], Result]


def render_note(_: NoteContext, email: QueuedEmail[Note]) -> Rendered:
    return Rendered(email.to, email.payload.name, f"{email.payload.name}\n", f"<p>{email.payload.name}</p>\n")


def note_type(
    name: str = "note", render: RenderNote = render_note, *, urgent: bool = False
) -> EmailType[NoteContext, Note]:
    """Declare an email that lives for an hour."""
    return EmailType(name=name, ttl=timedelta(hours=1), payload=Note, render=render, urgent=urgent)


def bound(*types: EmailType[NoteContext, Note]) -> dict[str, BoundEmailType[NoteContext, Any]]:
    """Return what a delivery renders these with."""
    return bind_email_types({each.name: each for each in types}, NoteContext)


NOTE, URGENT = note_type(), note_type("urgent", urgent=True)

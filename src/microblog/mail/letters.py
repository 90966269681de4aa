"""The old way to declare an email: a writer, by the name of its kind. See `email_types` for the new one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from microblog.mail.outbox import Email
from microblog.mail.rendered import Rendered, Result
from microblog.mail.templates import render_folder

Writer = Callable[[Session, Email, datetime], Result]
"""Renders one kind of email: from the database, its row and the present moment. Called anew for each try."""


@runtime_checkable
class BatchLoader(Protocol):
    """A writer that can ask in one question what it needs for all letters of a batch."""

    def preload(self, session: Session, emails: Sequence[Email], now: datetime) -> None:
        """Load what the emails need; each is written after this, in the same session."""
        ...


@runtime_checkable
class UnrenderedListener(Protocol):
    """A writer that wants to know of emails that end before they are written."""

    def on_unrendered(self, session: Session, email: Email, reason: str, now: datetime) -> None:
        """Take note of one, in the transaction that ends it: another took its place, or its time was over."""
        ...


Writers = Mapping[str, Writer]
"""The writer of each kind, by the kind's name. The packages above fill it."""


def render(package: str, folder: str, to: str, facts: Mapping[str, Any], **more: Any) -> Rendered:  # noqa: ANN401
    """Render the templates in PACKAGE/letters/FOLDER."""
    return render_folder(str(files(package) / "letters"), folder, to, facts, **more)

"""The old way to declare an email: a writer, by the name of its kind. See `email_types` for the new one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from microblog.mail.outbox import Letter
from microblog.mail.rendered import Attachment, Rendered, Result, Skip
from microblog.mail.templates import LAYOUT, render_folder

__all__ = ["LAYOUT", "Attachment", "Foreseeing", "Nothing", "Noticing", "Result", "Writer", "Writers", "Written"]

Written = Rendered
Nothing = Skip
Writer = Callable[[Session, Letter, datetime], Result]
"""Renders one kind of email: from the database, its row and the present moment. Called anew for each try."""


@runtime_checkable
class Foreseeing(Protocol):
    """A writer that can ask in one question what it needs for all letters of a batch."""

    def foresee(self, session: Session, letters: Sequence[Letter], now: datetime) -> None:
        """Load what the letters need; each is written after this, in the same session."""
        ...


@runtime_checkable
class Noticing(Protocol):
    """A writer that wants to know of letters that end before they are written."""

    def unwritten(self, session: Session, letter: Letter, reason: str, now: datetime) -> None:
        """Take note of one, in the transaction that ends it: another took its place, or its time was over."""
        ...


Writers = Mapping[str, Writer]
"""The writer of each kind, by the kind's name. The packages above fill it."""


def render(package: str, folder: str, to: str, facts: Mapping[str, Any], **more: Any) -> Written:  # noqa: ANN401
    """Render the templates in PACKAGE/letters/FOLDER."""
    return render_folder(str(files(package) / "letters"), folder, to, facts, **more)

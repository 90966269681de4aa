"""What a letter says: a writer that writes it when it leaves, and a folder with its three texts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from sqlalchemy.orm import Session

from microblog.mail.form_letters import rendered
from microblog.mail.outbox import Letter
from microblog.settings import Sender

LAYOUT = Path(__file__).parent / "layout"


@dataclass(frozen=True)
class Attachment:
    """A file that travels with a letter. One with a `content_id` is shown in the HTML, as the picture `cid:…` names."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True)
class Written:
    """A letter ready to leave, and to whom; text or HTML may be empty.

    `remember` joins the row's facts, for the next try if there is one. `headers` are those of subscribed mail and of
    answers, and no others: List-Unsubscribe, List-Unsubscribe-Post, List-Id, In-Reply-To, References, Reply-To.
    """

    to: str
    subject: str
    text: str
    html: str
    remember: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    sender: Sender | None = None
    """Who it comes from, where that is not the site itself."""


@dataclass(frozen=True)
class Nothing:
    """There is nothing to say, and why: no such account, a limit reached."""

    reason: str


Result = Written | Nothing
Writer = Callable[[Session, Letter, datetime], Result]
"""Writes one kind of letter: from the database, its row and the present moment. Called anew for each try."""


@runtime_checkable
class Foreseeing(Protocol):
    """A writer that can ask in one question what it needs for all letters of a batch."""

    def foresee(self, session: Session, letters: Sequence[Letter]) -> None:
        """Load what the letters need; each is written after this, in the same session."""
        ...


@runtime_checkable
class Noticing(Protocol):
    """A writer that wants to know of letters that end before they are written."""

    def unwritten(self, session: Session, letter: Letter, reason: str) -> None:
        """Take note of one, in the transaction that ends it: another took its place, or its time was over."""
        ...


Writers = Mapping[str, Writer]
"""The writer of each kind, by the kind's name. The rooms above fill it."""


def render(package: str, folder: str, to: str, facts: Mapping[str, Any], **more: Any) -> Written:  # noqa: ANN401
    """Write the letter in PACKAGE/letters/FOLDER: `subject.txt`, `body.txt` and `body.html`.

    Raises:
        jinja2.UndefinedError: for a name a template uses and nobody gave.
    """
    subject, text, html = (rendered(template, facts) for template in letter_templates(package, folder))
    return Written(to=to, subject=" ".join(subject.split()), text=text.strip() + "\n", html=html.strip() + "\n", **more)


@cache
def letter_templates(package: str, folder: str) -> tuple[Template, ...]:
    """Return the three templates of a letter; kept, for each would otherwise be looked for again in every letter."""
    environment = template_environment(package)
    return tuple(environment.get_template(f"{folder}/{name}") for name in ("subject.txt", "body.txt", "body.html"))


@cache
def template_environment(package: str) -> Environment:
    """Make the template environment of a room: its own letters, on the layout all letters share."""
    return Environment(
        loader=FileSystemLoader([str(files(package) / "letters"), str(LAYOUT)]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

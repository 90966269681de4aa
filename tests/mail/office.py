"""A mail office for tests: a real database, a real line to a mail server, and emails simple enough to reason about."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from microblog.db import Database
from microblog.mail import Email, EmailType, QueuedEmail, Rendered, Result, queue
from microblog.mail.binding import BoundEmailType
from microblog.mail.delivery import Delivery
from microblog.mail.smtp import SmtpTransport
from microblog.settings import MailSettings, Sender
from support.clock import HeldClock
from support.notes import NOTE, Note, NoteContext, bound, note_type
from support.smtp_server import SmtpServer

SENDER = Sender("Microblog", "no-reply@blog.example")
HOUR = timedelta(hours=1)
SETTINGS = MailSettings(
    server="127.0.0.1",
    port=0,
    starttls=False,
    implicit_tls=False,
    username="",
    password="",
    sender=SENDER,
    timeout=5,
    ca_file=None,
)


@dataclass
class Notes:
    """Renders the simplest emails. `before` is called first, and may speak for it."""

    written: list[str] = field(default_factory=list)
    before: Callable[[QueuedEmail[Note]], Result | None] = lambda _: None

    def render(self, _: NoteContext, email: QueuedEmail[Note]) -> Result:
        name = email.payload.name
        self.written.append(name)
        text = f"{name}, writing no. {len(self.written)}\n"
        progress = {"writings": email.progress.get("writings", 0) + 1}
        return self.before(email) or Rendered(email.to, name, text, f"<p>{text}</p>", progress)

    @property
    def types(self) -> dict[str, BoundEmailType[NoteContext, Any]]:
        """Both types of email, rendered here."""
        return bound(note_type(render=self.render), note_type("urgent", self.render, urgent=True))


@dataclass
class Office:
    """A database, a delivery with a held clock, and its writer."""

    database: Database
    clock: HeldClock
    port: int
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.transport = SmtpTransport(replace(SETTINGS, port=self.port), "blog.example")
        self.delivery = self.another()

    def another(self) -> Delivery:
        """Return one more worker's delivery, on the same database and line."""
        return Delivery(self.database, self.notes.types, self.transport, SENDER, self.clock)

    def post(
        self, *names: str, kind: EmailType[NoteContext, Note] = NOTE, ttl: timedelta = HOUR, key: str | None = None
    ) -> None:
        for name in names:
            with self.database.writing() as session:
                now = self.clock()
                queue(session, kind, to=to(name), payload=Note(name), now=now, key=key, expires_at=now + ttl)

    def row(self, name: str = "alice") -> Email:
        with self.database.reading() as session:
            return session.scalars(select(Email).where(Email.to == to(name))).one()

    def states(self) -> dict[str, str]:
        with self.database.reading() as session:
            emails = session.scalars(select(Email).order_by(Email.id))
            return {email.to.partition("@")[0]: email.state for email in emails}

    def turn_when_due(self) -> int:
        """Move the clock to when there is something to do, and do it."""
        due = self.delivery.next_due()
        assert due is not None
        self.clock.now = max(due, self.clock.now)
        return self.delivery.deliver_batch()


def to(name: str) -> str:
    return f"{name}@example.com"


def subjects(server: SmtpServer) -> list[str]:
    """Return the subjects of the emails that arrived, in order."""
    return [email.message["Subject"] for email in server.delivered]

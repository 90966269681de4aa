"""A mail office for tests: a real database, a real line to a mail server, and emails simple enough to reason about."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.mail import Email, Kind, Rendered, Result, post
from microblog.mail.delivery import Delivery
from microblog.mail.smtp import SmtpTransport
from microblog.settings import MailSettings, Sender
from support.clock import HeldClock
from support.smtp_server import SmtpServer

NOTE, URGENT = Kind("note"), Kind("urgent", urgent=True)
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
    """A writer of the simplest emails. `before` is called first, and may speak for it."""

    written: list[str] = field(default_factory=list)
    before: Callable[[Email], Result | None] = lambda _: None

    def __call__(self, session: Session, email: Email, now: datetime) -> Result:
        self.written.append(email.facts["name"])
        text = f"{email.facts['name']}, writing no. {len(self.written)}\n"
        facts = {"writings": email.facts.get("writings", 0) + 1}
        return self.before(email) or Rendered(email.to, email.facts["name"], text, f"<p>{text}</p>", facts)


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
        return Delivery(self.database, {"note": self.notes, "urgent": self.notes}, self.transport, SENDER, self.clock)

    def post(self, *names: str, kind: Kind = NOTE, ttl: timedelta = HOUR, key: str | None = None) -> None:
        for name in names:
            with self.database.writing() as session:
                facts = {"name": name}
                post(session, kind, to=to(name), facts=facts, ttl=ttl, now=self.clock(), key=key)

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
        return self.delivery.turn()


def to(name: str) -> str:
    return f"{name}@example.com"


def subjects(server: SmtpServer) -> list[str]:
    """Return the subjects of the emails that arrived, in order."""
    return [email.message["Subject"] for email in server.delivered]

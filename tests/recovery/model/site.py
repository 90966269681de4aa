"""The real site without its threads: pages by Flask's test client, emails rendered and put into mailboxes at once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from microblog.auth import passwords
from microblog.db import Base, Database
from microblog.mail.compose import Envelope
from microblog.mail.delivery import Delivery
from microblog.mail.replies import Reply
from microblog.settings import SETTINGS, load
from microblog.web import create_app, pages_of
from microblog.web.deferred import deferred_writes
from microblog.worker import all_renderers
from support.clock import HeldClock
from support.running import COMPILED

BASE = "http://localhost:5000"
LINK = re.compile(rf"{re.escape(BASE)}(/\S*/[\w.~-]{{30,}})")
CHEAP_ARGON2 = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NO_LIMITS = {setting.name: "off" for setting in SETTINGS if setting.name.startswith("LIMIT_")}


@dataclass(frozen=True)
class Mail:
    """An email in somebody's mailbox."""

    to: str
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        """The links that hold a token, as paths."""
        return LINK.findall(self.text)


@dataclass
class Mailboxes:
    """A transport that puts emails into mailboxes in memory, oldest first."""

    mails: list[Mail] = field(default_factory=list)

    def send(self, envelope: Envelope) -> Reply:
        """Take one."""
        message = message_from_bytes(envelope.message, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        for to in (envelope.recipient, *envelope.others):
            self.mails.append(Mail(to, str(message["Subject"]), body.get_content()))
        return Reply(250, "taken")

    def disconnect(self) -> None:
        """Hold nothing."""

    def of(self, *addresses: str) -> list[Mail]:
        """Return what these addresses got."""
        return [mail for mail in self.mails if mail.to in addresses]

    def links(self, *addresses: str, start: str = "/") -> list[str]:
        """Return the links these addresses got, the oldest first; `start` is how their paths begin."""
        return [link for mail in self.of(*addresses) for link in mail.links if link.startswith(start)]


class ModelSite:
    """One site for any number of sequences: each begins with an empty database, at the same moment."""

    def __init__(self, data: Path, database_url: str) -> None:
        given = {"MICROBLOG_DATA": str(data), "DATABASE_URL": database_url, "PUBLIC_URL": BASE}
        self.settings = load({**given, **NO_LIMITS})
        self.clock = HeldClock()
        self.database = Database(self.settings.database_url)
        self.app = create_app(self.settings, self.database, self.clock)
        self.app.jinja_env.bytecode_cache = COMPILED
        self.mailboxes = Mailboxes()
        writers = all_renderers(self.settings, pages_of(self.settings.public_url))
        sender = self.settings.mail.sender
        self._delivery = Delivery(self.database, writers, self.mailboxes, sender, self.clock, raise_it)

    def deliver(self) -> None:
        """Render and deliver all that waits."""
        while (due := self._delivery.next_due()) and due <= self.clock():
            self._delivery.deliver_batch()

    def begin(self) -> None:
        """Forget all that was before."""
        deferred_writes(self.app).flush()
        self.clock.now = HeldClock().now
        self.mailboxes.mails.clear()
        with self.database.writing() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))

    def close(self) -> None:
        """End it."""
        deferred_writes(self.app).close()
        self.database.close()


def raise_it(error: Exception, words: str) -> None:
    """Let no fault pass."""
    raise AssertionError(words) from error


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hash passwords with the least work argon2 allows, for the time being."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", CHEAP_ARGON2)
        passwords.dummy_hash.cache_clear()
        yield
    passwords.dummy_hash.cache_clear()

"""Render the emails of a batch, in the transaction that leases them: each into a message, or the reason for none."""

import logging
import secrets
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.mail.addresses import canonical_identifier, for_the_wire
from microblog.mail.binding import EmailRenderers
from microblog.mail.compose import Envelope, compose
from microblog.mail.leases import DEADLINE, Begun, Lease, begin
from microblog.mail.outbox import Email, State
from microblog.mail.rendered import Rendered
from microblog.mail.superseding import REPEATED, SUPERSEDED, find_repeated
from microblog.settings import Sender

log = logging.getLogger(__name__)

UNKNOWN_KIND = timedelta(minutes=1)  # a newer version posted it; its worker may come any moment
UNSURE = timedelta(minutes=1)  # until the clock is asked again whether an email's time has passed

Ended = tuple[State, str]
"""The outcome of an email that was not rendered, and the code of its reason."""


@dataclass(frozen=True)
class Ready:
    """A claimed email, and the message it became."""

    lease: Lease
    envelope: Envelope


@dataclass
class Batch:
    """The result for leased emails: those ready to send, and those that ended, with their reasons."""

    surely: datetime
    """The moment that has certainly come."""
    ready: list[Ready] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)
    ended: list[tuple[Lease, State, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Renderer:
    """Renders emails by their types."""

    renderers: EmailRenderers
    sender: Sender

    def write(self, session: Session, leases: Sequence[Lease], now: datetime, surely: datetime | None = None) -> Batch:
        """Write these emails. Whatever is wrong with one of them is raised, and undoes all.

        One whose time is over at `surely`, which cannot be wrong, is ended; one whose time is over now waits on.
        """
        batch = Batch(surely=now if surely is None else surely)
        emails = [lease.email for lease in leases]
        repeated = find_repeated(session, emails)
        for kind in {email.kind for email in emails}:
            if renderer := self.renderers.get(kind):
                renderer.preload(session, [email for email in emails if email.kind == kind], now)
        for lease in leases:
            self._write_one(session, lease, ended_unrendered(lease.email, repeated, now), now, batch)
        begin(session, batch.begun)
        return batch

    def _write_one(self, session: Session, lease: Lease, ended: Ended | None, now: datetime, batch: Batch) -> None:
        email = lease.email
        if not self._is_known(email):
            log.warning("email of a kind this version does not know id=%s kind=%s", email.id, email.kind)
            lease.return_untried(session, "no worker knows this kind yet", now + UNKNOWN_KIND, now)
            return
        if email.expires_at <= now and not check_expiry(email, batch.surely):
            lease.release(session, now + UNSURE, now)
            return
        renderer = self.renderers[email.kind]
        if ended:
            renderer.on_unrendered(session, email, ended[1], now)
        if not ended:
            written = renderer.render(session, email, now)
            if isinstance(written, Rendered):
                self._begin(lease, written, now, batch)
                return
            ended = State.DROPPED, written.reason
        state, reason = ended
        if lease.end(session, state, "", now, reason):
            batch.ended.append((lease, state, reason))

    def _is_known(self, email: Email) -> bool:
        """Tell whether this version can render the row, which a newer one may have queued."""
        renderer = self.renderers.get(email.kind)
        return renderer is not None and renderer.can_read(email)

    def _begin(self, lease: Lease, written: Rendered, now: datetime, batch: Batch) -> None:
        email = lease.email
        sender = written.sender or self.sender
        message_id = email.message_id or new_message_id(sender)
        batch.ready.append(Ready(lease, compose(written, sender, message_id, now)))
        key = email.address_key if written.to == email.to else canonical_identifier(written.to)
        batch.begun.append(Begun(lease, message_id, written.to, key, {**email.progress, **written.progress}))


def check_expiry(email: Email, now: datetime) -> Ended | None:
    """Return the outcome of an email that has expired, None for any other."""
    return (State.EXPIRED, DEADLINE) if email.expires_at <= now else None


def ended_unrendered(email: Email, repeated: Container[int], now: datetime) -> Ended | None:
    """Say why an email is not even written: its time has passed, a newer one took its place, or it is a repeat."""
    if ended := check_expiry(email, now):
        return ended
    if email.superseded:
        return State.DROPPED, SUPERSEDED
    return (State.DROPPED, REPEATED) if email.id in repeated else None


def new_message_id(sender: Sender) -> str:
    """Make a Message-ID on the sender's domain (RFC 5322 section 3.6.4), in ASCII whatever the domain is written in."""
    return f"<{secrets.token_hex(16)}@{for_the_wire(sender.address).rpartition('@')[2]}>"

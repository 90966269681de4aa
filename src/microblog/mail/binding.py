"""Email types together with the context they are rendered in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from microblog.mail.discovery import EmailTypes
from microblog.mail.email_types import EmailType, QueuedEmail, RenderContext
from microblog.mail.outbox import Email
from microblog.mail.payloads import PayloadT
from microblog.mail.rendered import Result

ContextT = TypeVar("ContextT", bound=RenderContext)
MakeContext = Callable[[Session, datetime], ContextT]


@dataclass(frozen=True)
class BoundEmailType(Generic[ContextT, PayloadT]):
    """Renders the rows of one email type."""

    email_type: EmailType[ContextT, PayloadT]
    make_context: MakeContext[ContextT]

    def render(self, session: Session, email: Email, now: datetime) -> Result:
        """Render one."""
        return self.email_type.render(self.make_context(session, now), self._queued(email))

    def can_read(self, email: Email) -> bool:
        """Tell whether this version knows the row's payload."""
        return email.payload_version <= self.email_type.version

    def preload(self, session: Session, emails: Sequence[Email], now: datetime) -> None:
        """Load what a batch needs."""
        if self.email_type.preload:
            readable = [self._queued(email) for email in emails if self.can_read(email)]
            self.email_type.preload(self.make_context(session, now), readable)

    def on_unrendered(self, session: Session, email: Email, reason: str, now: datetime) -> None:
        """Tell the declaration that one ended unrendered."""
        if self.email_type.on_unrendered:
            self.email_type.on_unrendered(self.make_context(session, now), self._queued(email), reason)

    def _queued(self, email: Email) -> QueuedEmail[PayloadT]:
        payload = self.email_type.decode(email.payload_version, email.payload)
        return QueuedEmail(email.id, email.to, payload, email.queued_at, email.expires_at, email.progress)


EmailRenderers = Mapping[str, BoundEmailType[Any, Any]]
"""What renders the rows of each email type, by its name."""


def bind_email_types(
    types: EmailTypes, make_context: MakeContext[ContextT]
) -> dict[str, BoundEmailType[ContextT, Any]]:
    """Return by name what renders each email type."""
    return {name: BoundEmailType(email_type, make_context) for name, email_type in types.items()}

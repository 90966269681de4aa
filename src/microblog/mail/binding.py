"""Email types together with the context they are rendered in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from microblog.mail.discovery import EmailTypes
from microblog.mail.email_types import EmailType, QueuedEmail, RenderContext
from microblog.mail.outbox import Letter
from microblog.mail.payloads import PayloadT
from microblog.mail.rendered import Result

ContextT = TypeVar("ContextT", bound=RenderContext)
MakeContext = Callable[[Session, datetime], ContextT]


@dataclass(frozen=True)
class BoundEmailType(Generic[ContextT, PayloadT]):
    """Renders the rows of one email type."""

    email_type: EmailType[ContextT, PayloadT]
    make_context: MakeContext[ContextT]

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Render one."""
        return self.email_type.render(self.make_context(session, now), self._queued(letter))

    def can_read(self, letter: Letter) -> bool:
        """Tell whether this version knows the row's payload."""
        return letter.payload_version <= self.email_type.version

    def foresee(self, session: Session, letters: Sequence[Letter], now: datetime) -> None:
        """Load what a batch needs."""
        if self.email_type.preload:
            readable = [self._queued(letter) for letter in letters if self.can_read(letter)]
            self.email_type.preload(self.make_context(session, now), readable)

    def unwritten(self, session: Session, letter: Letter, reason: str, now: datetime) -> None:
        """Tell the declaration that one ended unrendered."""
        if self.email_type.on_unrendered:
            self.email_type.on_unrendered(self.make_context(session, now), self._queued(letter), reason)

    def _queued(self, letter: Letter) -> QueuedEmail[PayloadT]:
        payload = self.email_type.decode(letter.payload_version, letter.payload)
        return QueuedEmail(letter.id, letter.to, payload, letter.posted_at, letter.useful_until, letter.progress)


def bind_email_types(
    types: EmailTypes, make_context: MakeContext[ContextT]
) -> dict[str, BoundEmailType[ContextT, Any]]:
    """Return by name what renders each email type."""
    return {name: BoundEmailType(email_type, make_context) for name, email_type in types.items()}

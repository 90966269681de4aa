"""The declaration of an email: its name, urgency, lifetime, payload, renderer and samples, in one place.

An email is queued with a payload and rendered anew for each attempt to send it. Links are made then, never earlier.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from microblog.mail.payloads import PayloadT, payload_decoder
from microblog.mail.rendered import Rendered, Result
from microblog.mail.samples import ALICES_ADDRESS, Sample


class RenderContext(Protocol):
    """The least that rendering needs. The application's own context has more: links, limits, settings."""

    @property
    def session(self) -> Session:
        """The transaction of the attempt."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of the attempt."""
        ...


ContextT = TypeVar("ContextT", bound=RenderContext)


@dataclass(frozen=True)
class QueuedEmail(Generic[PayloadT]):
    """An email as its renderer sees it. `progress` is what earlier attempts noted (see `Rendered.progress`)."""

    id: int
    to: str
    payload: PayloadT
    queued_at: datetime
    expires_at: datetime
    progress: Mapping[str, Any] = field(default_factory=dict)


def no_samples(_: RenderContext) -> Iterable[Sample]:
    """Have nothing to show: for emails in other people's words."""
    return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class EmailType(Generic[ContextT, PayloadT]):
    """One kind of email. See "an email" in docs/adding.md.

    An urgent one overtakes the others: somebody is waiting for it in front of a screen. One that hasn't left within
    `ttl` never does.

    Raises:
        TypeError: where the payload is no frozen dataclass that can be encoded as JSON.
    """

    name: str
    ttl: timedelta
    payload: type[PayloadT]
    render: Callable[[ContextT, QueuedEmail[PayloadT]], Result]
    """Called for each attempt, in a transaction that is committed before the email leaves."""
    urgent: bool = False
    version: int = 1
    """Of the payload. Raise it where an older worker would misread a new one: it then leaves the email to a newer."""
    upgrade: Callable[[int, Mapping[str, Any]], Mapping[str, Any]] | None = None
    """Turns the encoded payload of an older version into one of this; needed where defaults don't suffice."""
    preload: Callable[[ContextT, Sequence[QueuedEmail[PayloadT]]], None] | None = None
    """Loads in one query what a batch of these needs."""
    on_unrendered: Callable[[ContextT, QueuedEmail[PayloadT], str], None] | None = None
    """Called with the reason where one ends before it was rendered: superseded, repeated or expired."""
    samples: Callable[[ContextT], Iterable[Sample]] = no_samples
    """One for each set of templates, for previews; rendered without a database."""

    _decode: Callable[[Mapping[str, Any]], PayloadT] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_decode", payload_decoder(self.payload))

    def decode(self, version: int, encoded: Mapping[str, Any]) -> PayloadT:
        """Read a payload of this or an older version from its row."""
        if self.upgrade and version < self.version:
            encoded = self.upgrade(version, encoded)
        return self._decode(encoded)

    def sample(self, context: ContextT, about: str, payload: PayloadT) -> Sample:
        """Render a sample from a payload. For a renderer that needs no database.

        `about` says when people get this email.
        """
        email = QueuedEmail(0, ALICES_ADDRESS, payload, context.now, context.now + self.ttl)
        rendered = self.render(context, email)
        if not isinstance(rendered, Rendered):
            raise TypeError(f"the sample of {self.name} is skipped: {rendered.reason}")
        return Sample(self.name, about, rendered)

"""A real SMTP server that does as it is told: takes letters, refuses, stalls, hangs up, asks for TLS and a login."""

import asyncio
import re
import ssl
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Delivered:
    """A letter the server said 250 to, or would have."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        parsed: EmailMessage = message_from_bytes(self.raw, policy=default)
        return parsed

    def body(self, kind: str) -> str:
        """The `plain` or `html` part."""
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())

    @property
    def link(self) -> str:
        """The first link in the text."""
        found = LINK.search(self.body("plain"))
        assert found
        return found[0]


@dataclass
class Script:
    """What the server answers at each stage; None is the usual answer. A list is used up, answer by answer."""

    greeting: str | None = None
    mail: list[str | None] = field(default_factory=list)
    rcpt: list[str | None] = field(default_factory=list)
    data: list[str | None] = field(default_factory=list)
    """HANG_UP closes without an answer (the letter is not taken); TAKE_AND_HANG_UP takes it and then closes."""
    seconds: float = 0.0
    """How long each letter takes."""


HANG_UP = "hang up"
TAKE_AND_HANG_UP = "take and hang up"


class SmtpServer:
    """Runs in its own thread, on its own port. `delivered` are the letters, in order."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        utf8: bool = True,
    ) -> None:
        self.script = Script()
        self.delivered: list[Delivered] = []
        self.connections = 0
        self.commands: list[str] = []
        self._login = login
        self._changed = threading.Condition()
        options: dict[str, Any] = {"enable_SMTPUTF8": utf8}
        if tls and not implicit_tls:
            options |= {"tls_context": tls, "require_starttls": True}
        if login:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": bool(tls)}
        self._controller = Scripted(self, port, options, ssl_context=tls if implicit_tls else None)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def start(self) -> "SmtpServer":
        """Listen."""
        self._controller.start()
        self.connections = 0  # without the controller's own probe
        return self

    def stop(self) -> None:
        """Stop listening, and hang up on everybody."""
        self._controller.stop(no_assert=True)

    def wait_for(self, count: int, seconds: float = 20) -> list[Delivered]:
        """Return the letters once there are that many; fail when that takes too long."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(self.delivered) < count:
                left = deadline - time.monotonic()
                assert left > 0, f"{len(self.delivered)} of {count} letters came within {seconds} s"
                self._changed.wait(left)
        return list(self.delivered)

    def take(self, envelope: Envelope) -> None:
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        with self._changed:
            self.delivered += [
                Delivered(str(envelope.mail_from), recipient, envelope.content) for recipient in envelope.rcpt_tos
            ]
            self._changed.notify_all()

    def _authenticate(
        self, server: object, session: object, envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login)


class Scripted(Controller):
    """aiosmtpd's controller, around a protocol that follows the script."""

    def __init__(
        self, owner: SmtpServer, port: int, options: dict[str, Any], ssl_context: ssl.SSLContext | None
    ) -> None:
        self._owner = owner
        self._options = options
        super().__init__(Handler(owner), hostname="127.0.0.1", port=port, ssl_context=ssl_context)

    def factory(self) -> SMTP:
        return Protocol(self._owner, self.handler, **self._options)

    def _trigger_server(self) -> None:
        """Learn the port before the probe that aiosmtpd makes of itself."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Protocol(SMTP):
    """One connection."""

    def __init__(self, owner: SmtpServer, handler: "Handler", **options: Any) -> None:
        self._owner = owner
        super().__init__(handler, hostname="mail.test", ident="scripted", **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._owner.connections += 1
        super().connection_made(transport)

    async def push(self, status: AnyStr) -> None:
        greeting = self._owner.script.greeting
        if greeting and isinstance(status, str) and status.startswith("220 mail.test"):
            await super().push(greeting)
            self.hang_up()
            return
        await super().push(status)

    def hang_up(self) -> str:
        """Close without another word."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.close()
        return "421 gone"


class Handler:
    """Answers each stage as the script says."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner

    def _scripted(self, server: Protocol, stage: str) -> str | None:
        self._owner.commands.append(stage)
        answers: list[str | None] = getattr(self._owner.script, stage)
        answer = answers.pop(0) if answers else None
        return server.hang_up() if answer == HANG_UP else answer

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Protocol, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._scripted(server, "mail"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Protocol, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._scripted(server, "rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Protocol, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self._owner.script.seconds)
        answer = self._scripted(server, "data")
        if answer == TAKE_AND_HANG_UP:
            self._owner.take(envelope)
            return server.hang_up()
        if answer:
            return answer
        self._owner.take(envelope)
        return f"250 OK: letter {len(self._owner.delivered)}"

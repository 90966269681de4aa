"""A real mail server (aiosmtpd) that does as it is told: takes letters, or fails in any way a mail server can.

The fixture `smtp_server` is one without TLS. Whoever wants another starts it::

    server = SmtpServer(tls=context, login=("blog", "secret")).start()
    ...
    server.stop()

It takes every letter, until it is told otherwise::

    server.on("rcpt", "450 4.2.0 greylisted, try again in 5 minutes", times=2)      # the first two
    server.on("data", "452 4.3.1 disk full", share=0.3)                             # about three of ten
    server.on("rcpt", "550 5.1.1 no such user", to="alice@")                        # one recipient's
    server.on("greeting", closing("421 4.3.2 too busy"), times=3)                   # says that, and closes
    server.on("data", TAKE_AND_HANG_UP, times=1)                                    # no 250, yet it has the letter
    server.on("mail", STALL)                                                        # not a word
    server.on("ehlo", trickle("250-still here", 0.05))                              # a byte now and then, for ever
    server.on("rcpt", Answer(b"250 \xff\xfe\r\n"))                                  # any octets
    server.script.data = [None, "554 no", HANG_UP]                                  # one after the other
    server.mend()                                                                   # all is well again

The stages are `smtp_script.STAGES`. `most_connections` and `letters_per_connection` are caps. It counts: `delivered`,
`copies`, `connections`, `most_at_once`, `commands` and whole `lines`, those `sent_ahead` of a reply, `logins`.
"""

import asyncio
import re
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from support.smtp_protocol import Protocol
from support.smtp_script import (
    HANG_UP,
    RESET,
    STALL,
    TAKE_AND_HANG_UP,
    TAKE_AND_RESET,
    TAKE_AND_STALL,
    Answer,
    Given,
    Rule,
    Script,
    Then,
    closing,
    trickle,
)

__all__ = [
    "HANG_UP",
    "LINK",
    "RESET",
    "STALL",
    "TAKE_AND_HANG_UP",
    "TAKE_AND_RESET",
    "TAKE_AND_STALL",
    "Answer",
    "Delivered",
    "Given",
    "Rule",
    "Script",
    "SmtpServer",
    "Then",
    "closing",
    "trickle",
]
LINK = re.compile(r"https?://\S+")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
TOO_MANY_CONNECTIONS = closing("421 4.7.0 too many connections from your address")


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

    @property
    def message_id(self) -> str:
        """Its Message-ID, without parsing all of it."""
        found = MESSAGE_ID.search(self.raw)
        assert found
        return found[1].decode()

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


class SmtpServer:
    """Runs in its own thread, on its own port, which it keeps when it is stopped and started again.

    `lacks` are extensions it does not offer, by their names in the reply to EHLO.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        login_required: bool = True,
        utf8: bool = True,
        lacks: frozenset[str] = frozenset(),
    ) -> None:
        self.port = port
        self.script = Script()
        self.most_connections: int | None = None
        self.over: Answer = TOO_MANY_CONNECTIONS
        self.letters_per_connection: int | None = None
        self.delivered: list[Delivered] = []
        self.connections = 0
        self.most_at_once = 0
        self.commands: list[str] = []
        self.lines: list[str] = []
        self.sent_ahead = 0
        self.logins: list[tuple[str, str]] = []
        self.login = login
        self.lacks = lacks
        self.login_required = bool(login) and login_required
        self.options: dict[str, Any] = {"enable_SMTPUTF8": utf8}
        if tls and not implicit_tls:
            self.options |= {"tls_context": tls, "require_starttls": True}
        if login:  # aiosmtpd takes implicit TLS for none
            clear = implicit_tls or not tls
            self.options |= {"authenticator": self._authenticate, "auth_require_tls": not clear}
        self._implicit = tls if implicit_tls else None
        self.open: set[Protocol] = set()
        self.changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def start(self) -> Self:
        """Listen."""
        listens: list[OSError | None] = []
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listens)), name="smtp", daemon=True)
        self._thread.start()
        self.wait_until(lambda: bool(listens))
        if listens[0]:
            raise listens[0]
        return self

    def stop(self) -> None:
        """Stop listening, and hang up on everybody."""
        assert self._loop
        assert self._thread
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(20)
            assert not self._thread.is_alive()

    def on(self, stage: str, given: Given, **when: Any) -> None:
        """Give this answer at a stage; `times`, `share` and `to` say when."""
        self.script.rules.append(Rule(stage, given, **when))

    def mend(self) -> None:
        """Do as a good server does from now on."""
        self.script = Script()
        self.most_connections = self.letters_per_connection = None

    def wait_for(self, count: int, seconds: float = 20) -> list[Delivered]:
        """Return the letters once there are that many; fail when that takes too long."""
        self.wait_until(
            lambda: len(self.delivered) >= count, seconds, lambda: f"{len(self.delivered)} of {count} letters came"
        )
        return list(self.delivered)

    def wait_until_left(self) -> None:
        """Return when nobody is connected any more."""
        self.wait_until(lambda: not self.open)

    def wait_until(
        self, happened: Callable[[], bool], seconds: float = 20, words: Callable[[], str] = lambda: "it did not happen"
    ) -> None:
        """Return once it has happened; fail when that takes too long."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not happened():
                left = deadline - time.monotonic()
                assert left > 0, f"{words()} within {seconds} s"
                self.changed.wait(left)

    @property
    def copies(self) -> dict[str, list[str]]:
        """The Message-IDs of the letters taken, by recipient: more than one is a repeat."""
        found = defaultdict(list)
        for letter in list(self.delivered):
            found[letter.recipient].append(letter.message_id)
        return found

    def take(self, envelope: Envelope) -> None:
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        with self.changed:
            self.delivered += [
                Delivered(str(envelope.mail_from), recipient, envelope.content) for recipient in envelope.rcpt_tos
            ]
            self.changed.notify_all()

    def came(self, connection: Protocol) -> bool:
        """Count a connection, and tell whether there is room for it."""
        with self.changed:
            if connection not in self.open:  # STARTTLS makes the same one anew
                self.connections += 1
                self.open.add(connection)
            self.most_at_once = max(self.most_at_once, len(self.open))
            self.changed.notify_all()
            return self.most_connections is None or len(self.open) <= self.most_connections

    def left(self, connection: Protocol) -> None:
        """Forget a connection."""
        with self.changed:
            self.open.discard(connection)
            self.changed.notify_all()

    async def _serve(self, listens: list[OSError | None]) -> None:
        self._loop = asyncio.get_running_loop()
        problem: OSError | None = None
        server: asyncio.Server | None = None
        try:
            server = await self._loop.create_server(
                lambda: Protocol(self), "127.0.0.1", self.port, ssl=self._implicit, backlog=300
            )
            self.port = int(server.sockets[0].getsockname()[1])
        except OSError as error:
            problem = error
        with self.changed:
            listens.append(problem)
            self.changed.notify_all()
        if server:
            await self._stopping.wait()
            server.close()
            while self.open:
                for connection in list(self.open):
                    connection.abort()
                await asyncio.sleep(0)

    def _authenticate(
        self, server: object, session: object, envelope: object, mechanism: str, login: object
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        shown = (login.login.decode(), login.password.decode())
        self.logins.append(shown)
        return AuthResult(success=shown == self.login, handled=False)  # so that aiosmtpd answers 535 itself

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
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

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
TOO_MANY_LETTERS = closing("421 4.7.0 too many letters over one connection")
Command = Callable[[str | None], Awaitable[None]]


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

    def came(self, connection: "Protocol") -> bool:
        """Count a connection, and tell whether there is room for it."""
        with self.changed:
            if connection not in self.open:  # STARTTLS makes the same one anew
                self.connections += 1
                self.open.add(connection)
            self.most_at_once = max(self.most_at_once, len(self.open))
            self.changed.notify_all()
            return self.most_connections is None or len(self.open) <= self.most_connections

    def left(self, connection: "Protocol") -> None:
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


class Protocol(SMTP):
    """One connection: aiosmtpd's, except where the script has an answer."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner
        self._greeted = False
        self._letters = 0
        self._instead: Answer | None = None
        super().__init__(Hooks(owner), hostname="mail.test", ident="scripted", **owner.options)
        self._smtp_methods = {
            verb: partial(self._command, verb.lower(), usual) for verb, usual in self._smtp_methods.items()
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._welcome = self._owner.came(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._owner.left(self)

    async def push(self, status: Any) -> None:
        """Say what aiosmtpd says, or what the script wants in its place; None when that was said already."""
        if not self._greeted:
            self._greeted = True
            if said := self._owner.script.answer_at("greeting") if self._welcome else self._owner.over:
                await self.perform(said)
                return
        if self._instead:
            said, self._instead = self._instead, None
            await self.perform(said)
        elif status is not None:
            await super().push(status)

    async def perform(self, said: Answer) -> None:
        """Say it, and do what follows. Where the conversation ends, this only ends with the connection."""
        await self._say(said)
        while said.then is Then.REPEAT:
            await self._say(said)
        if said.then is Then.CLOSE:
            self.hang_up()
        if said.then is Then.RESET:
            self.abort(rudely=True)
        if said.then is not Then.GO_ON:
            await asyncio.Event().wait()  # for the loss of the connection, which cancels this

    def hang_up(self) -> None:
        """Close, once all that was said is on its way."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.close()

    def abort(self, *, rudely: bool = False) -> None:
        """Close at once; rudely, so that the other side is told "reset by peer"."""
        if isinstance(self.transport, asyncio.Transport):
            if rudely:
                at_once = struct.pack("ii", 1, 0)
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            self.transport.abort()

    async def _say(self, said: Answer) -> None:
        pieces = [bytes([octet]) for octet in said.octets] if said.pace else [said.octets]
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(said.pace)

    async def _command(self, verb: str, usual: Command, words: str | None) -> None:
        """Carry a command out, or do what the script wants instead."""
        self._owner.commands.append(verb)
        self._owner.lines.append(f"{verb.upper()} {words or ''}".strip())
        self._owner.sent_ahead += bool(self._reader._buffer)  # type: ignore[attr-defined]
        if verb == "mail" and not await self._may_send():
            return
        said = self._answer_at("go_ahead" if verb == "data" else verb, words)
        if said and said.says_yes:
            self._instead = said
        elif said:
            await self.perform(said)
            return
        if verb == "data" and (midway := self._answer_at("letter", words)):
            await super().push("354 go ahead")
            await self._reader.readline()
            await self.perform(midway)
        await usual(words)

    async def _may_send(self) -> bool:
        self._letters += 1
        most = self._owner.letters_per_connection
        if most is not None and self._letters > most:
            await self.perform(TOO_MANY_LETTERS)
        if self._owner.login_required and not (self.session and self.session.authenticated):
            await super().push("530 5.7.0 authentication required")
            return False
        return True

    def _answer_at(self, stage: str, words: str | None) -> Answer | None:
        recipients = self.envelope.rcpt_tos if self.envelope and stage != "rcpt" else [words or ""]
        return self._owner.script.answer_at(stage, " ".join(recipients))


class Hooks:
    """Where aiosmtpd asks what to do."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Protocol, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if server._instead:
            return responses[:1]  # whose words the script has
        offered = [line for line in responses if line[4:].partition(" ")[0] not in self._owner.lacks]
        pipelining = [] if "PIPELINING" in self._owner.lacks else ["250-PIPELINING"]
        return [*offered[:-1], *pipelining, offered[-1]]

    async def handle_DATA(self, server: Protocol, session: Session, envelope: Envelope) -> str | None:  # noqa: N802
        await asyncio.sleep(self._owner.script.seconds)
        said = server._answer_at("data", None)
        if said is None or said.takes or said.octets.startswith(b"2"):
            self._owner.take(envelope)
        if said is None:
            return f"250 OK: letter {len(self._owner.delivered)}"
        await server.perform(said)
        return None

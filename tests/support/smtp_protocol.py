"""One connection of the scripted mail server: aiosmtpd's conversation, except where the script has an answer."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from support.smtp_script import Answer, Then, closing

if TYPE_CHECKING:
    from support.smtp_server import SmtpServer

TOO_MANY_LETTERS = closing("421 4.7.0 too many letters over one connection")
Command = Callable[[str | None], Awaitable[None]]


class Protocol(SMTP):
    """One connection: aiosmtpd's, except where the script has an answer."""

    def __init__(self, owner: "SmtpServer") -> None:
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

    def __init__(self, owner: "SmtpServer") -> None:
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
            await asyncio.sleep(self._owner.script.lingers)
        if said is None:
            return f"250 OK: letter {len(self._owner.delivered)}"
        await server.perform(said)
        return None

"""A conversation with a mail server that somebody listens to, line by line, with what is secret masked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from microblog.mail.connection import Connection, TlsConnection
from microblog.mail.masking import without_login
from microblog.mail.replies import GO_AHEAD
from microblog.settings import MailSettings

Hear = Callable[[str, str], None]
"""Told each line: who says it ("C" is we, "S" the server, "*" nobody: something happened), and the words."""
Line = Callable[..., Connection]
MASKED = "(masked)"
GO_ON = 334  # what a server says in the middle of a login (RFC 4954)
END = b".\r\n"


class Ear:
    """Hears both sides and repeats what may be repeated: no login, no password wherever it stands, no letter."""

    def __init__(self, hear: Hear, settings: MailSettings) -> None:
        self._hear = hear
        self._settings = settings
        self._signing_in = False
        self._letter_follows = False

    def happened(self, words: str) -> None:
        """Tell what is no part of the conversation."""
        self._hear("*", words)

    def said(self, octets: bytes) -> None:
        """Repeat what we send: commands, one or several, or the letter."""
        if self._letter_follows:
            self._letter_follows = False
            self._hear("C", f"(the letter: {len(octets.splitlines()) - 1} lines, {len(octets) - len(END):,} octets)")
            self._hear("C", END.strip().decode())
            return
        for line in octets.decode("utf-8", "replace").splitlines():
            self._hear("C", self._command(line))

    def answered(self, code: int, words: bytes) -> None:
        """Repeat the server's reply."""
        self._letter_follows = code == GO_AHEAD
        lines = words.decode("utf-8", "replace").split("\n")
        if self._signing_in and code == GO_ON:
            lines = [MASKED]  # a challenge, which some servers make of the user name
        else:
            self._signing_in = False
        for number, line in enumerate(lines, 1):
            self._hear("S", self._masked(f"{code}{' ' if number == len(lines) else '-'}{visible(line)}"))

    def _command(self, line: str) -> str:
        if self._signing_in:
            return MASKED
        verb, *rest = line.split()[:2] or [""]
        if verb.upper() == "AUTH":
            self._signing_in = True
            return " ".join([verb, *rest, MASKED])
        return self._masked(visible(line))

    def _masked(self, line: str) -> str:
        return without_login(line, self._settings)


class HeardConnection(Connection):
    """A connection that is listened to."""

    def __init__(self, *given: Any, ear: Ear, **named: Any) -> None:  # noqa: ANN401 - as smtplib takes it
        self._ear = ear
        super().__init__(*given, **named)

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:  # noqa: ANN401
        """Say where to, and connect."""
        self._ear.happened(f"connecting to {host}, port {port}")
        return super().connect(host, port, source_address)

    def starttls(self, *given: Any, **named: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """Go over to TLS, and say so."""
        reply = super().starttls(*given, **named)
        self._ear.happened("from here on by TLS, the certificate verified")
        return reply

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        """Send, and be heard."""
        self._ear.said(s.encode() if isinstance(s, str) else s)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Hear a reply, and let it be heard."""
        code, words = super().getreply()
        self._ear.answered(code, words)
        return code, words


class HeardTlsConnection(HeardConnection, TlsConnection):
    """The same, under TLS from the first byte."""


def lines(hear: Hear | None, settings: MailSettings) -> tuple[Line, Line]:
    """Return what makes a connection, in the clear at first or under TLS; listened to where somebody wants to hear."""
    if not hear:
        return Connection, TlsConnection
    ear = Ear(hear, settings)
    return partial(HeardConnection, ear=ear), partial(HeardTlsConnection, ear=ear)


def visible(line: str) -> str:
    """Return a line that can do nothing to a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)

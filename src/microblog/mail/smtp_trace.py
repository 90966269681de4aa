"""A trace of an SMTP session, line by line, with what is secret masked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from microblog.mail.connection import Connection, TlsConnection
from microblog.mail.replies import GO_AHEAD
from microblog.redaction import hide_login
from microblog.settings import MailSettings

TraceLine = Callable[[str, str], None]
"""Told each line: who says it ("C" is we, "S" the server, "*" nobody: something happened), and the words."""
Line = Callable[..., Connection]
MASKED = "(masked)"
GO_ON = 334  # what a server says in the middle of a login (RFC 4954)
END = b".\r\n"


class SmtpTrace:
    """Passes both sides on as far as they may be shown: no login, no password wherever it stands, no email."""

    def __init__(self, trace_line: TraceLine, settings: MailSettings) -> None:
        self._trace_line = trace_line
        self._settings = settings
        self._signing_in = False
        self._email_follows = False

    def note(self, words: str) -> None:
        """Note what is no part of the session."""
        self._trace_line("*", words)

    def sent(self, octets: bytes) -> None:
        """Trace what we send: commands, one or several, or the email."""
        if self._email_follows:
            self._email_follows = False
            self._trace_line(
                "C", f"(the email: {len(octets.splitlines()) - 1} lines, {len(octets) - len(END):,} octets)"
            )
            self._trace_line("C", END.strip().decode())
            return
        for line in octets.decode("utf-8", "replace").splitlines():
            self._trace_line("C", self._command(line))

    def received(self, code: int, words: bytes) -> None:
        """Trace the server's reply."""
        self._email_follows = code == GO_AHEAD
        lines = words.decode("utf-8", "replace").split("\n")
        if self._signing_in and code == GO_ON:
            lines = [MASKED]  # a challenge, which some servers make of the user name
        else:
            self._signing_in = False
        for number, line in enumerate(lines, 1):
            self._trace_line("S", self._masked(f"{code}{' ' if number == len(lines) else '-'}{printable(line)}"))

    def _command(self, line: str) -> str:
        if self._signing_in:
            return MASKED
        verb, *rest = line.split()[:2] or [""]
        if verb.upper() == "AUTH":
            self._signing_in = True
            return " ".join([verb, *rest, MASKED])
        return self._masked(printable(line))

    def _masked(self, line: str) -> str:
        return hide_login(line, self._settings.username, self._settings.password)


class TracedConnection(Connection):
    """A connection that is traced."""

    def __init__(self, *given: Any, trace: SmtpTrace, **named: Any) -> None:  # noqa: ANN401 - as smtplib takes it
        self._trace = trace
        super().__init__(*given, **named)

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:  # noqa: ANN401
        """Say where to, and connect."""
        self._trace.note(f"connecting to {host}, port {port}")
        return super().connect(host, port, source_address)

    def starttls(self, *given: Any, **named: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """Go over to TLS, and say so."""
        reply = super().starttls(*given, **named)
        self._trace.note("from here on by TLS, the certificate verified")
        return reply

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        """Send, and trace it."""
        self._trace.sent(s.encode() if isinstance(s, str) else s)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """TraceLine a reply, and let it be heard."""
        code, words = super().getreply()
        self._trace.received(code, words)
        return code, words


class TracedTlsConnection(TracedConnection, TlsConnection):
    """The same, under TLS from the first byte."""


def connection_makers(trace_line: TraceLine | None, settings: MailSettings) -> tuple[Line, Line]:
    """Return what makes a connection, in the clear at first or under TLS; traced where that is wanted."""
    if not trace_line:
        return Connection, TlsConnection
    trace = SmtpTrace(trace_line, settings)
    return partial(TracedConnection, trace=trace), partial(TracedTlsConnection, trace=trace)


def printable(line: str) -> str:
    """Return a line that can do nothing to a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)

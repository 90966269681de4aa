"""A connection to a mail server: smtplib's, with a deadline for every wait, and pipelining.

A socket's timeout begins anew with each byte it receives, so a server that trickles could hold a worker for ever. Here
every reply has a deadline. And where the server offers PIPELINING (RFC 2920), the commands before an email go in one
write: two round trips an email in place of four.
"""

import hmac
import smtplib
import socket
import time
from base64 import b64decode, b64encode
from typing import Any

from microblog.mail.replies import GO_AHEAD, PERMANENT, SUCCESS

CHUNK = 65_536  # octets read or written at once
LONGEST_REPLY = 500  # lines
OUT_OF_TURN = "the mail server spoke out of turn"
NO_LOGIN = "the mail server does not offer a login (AUTH) in any way we know"
ASKS_ON = "the mail server asks for the login again and again"
MECHANISM_UNKNOWN = 504
CHALLENGE = 334
SIGNED_IN = (235, 503)  # 503: already
MOST_CHALLENGES = 5
CRLF = b"\r\n"


class Replies:
    """The server's replies, line by line, until `deadline` (of the monotonic clock). smtplib uses it as its file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._heard = b""
        self.deadline = 0.0
        self.lines_left = 0

    def readline(self, limit: int) -> bytes:
        """Return one line, shorter than a line where the server closed, and at most `limit` octets.

        Raises:
            OSError: when the deadline is over, or the reply has no end.
        """
        self.lines_left -= 1
        if self.lines_left < 0:
            raise OSError("the mail server's reply has no end")
        while b"\n" not in self._heard and len(self._heard) < limit:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(left)
            heard = self._sock.recv(CHUNK)
            if not heard:
                break
            self._heard += heard
        end = min(self._heard.find(b"\n") + 1 or limit, limit)
        line, self._heard = self._heard[:end], self._heard[end:]
        return line

    def waiting(self) -> bool:
        """Tell whether something was said that nobody asked for yet."""
        return bool(self._heard)

    def close(self) -> None:
        """Do nothing: the socket is its connection's."""


class Connection(smtplib.SMTP):
    """In the clear, until STARTTLS. `timeout`, in seconds, is for each write and for each whole reply."""

    file: Replies | None
    sock: socket.socket | None
    timeout: float
    user: str
    password: str
    _auth_challenge_count: int
    announced: tuple[str, ...] = ()
    """The commands that were said behind an email, whose replies nobody has heard yet."""
    _ahead: int = 0

    def getreply(self) -> tuple[int, bytes]:
        """TraceLine one reply (RFC 5321 section 4.2); code -1 where it is none."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        if self.file is None:
            self.file = Replies(self.sock)
        self.file.deadline = time.monotonic() + self.timeout
        self.file.lines_left = LONGEST_REPLY
        return super().getreply()

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        """Write. Nothing may have been said meanwhile: replies would be taken for those to the next commands."""
        if self.file and self.file.waiting():
            self.close()
            raise smtplib.SMTPServerDisconnected(OUT_OF_TURN)
        octets = s.encode() if isinstance(s, str) else s
        for start in range(0, len(octets), CHUNK):
            if self.sock:
                self.sock.settimeout(self.timeout)
            super().send(octets[start : start + CHUNK])

    def greet(self) -> None:
        """Say EHLO, or HELO to a server that does not know it.

        Raises:
            SMTPHeloError: when the server will not have it; with its words.
        """
        code, words = self.ehlo()
        if code >= PERMANENT:
            code, words = self.helo()
        if code not in SUCCESS:
            raise smtplib.SMTPHeloError(code, words)

    def sign_in(self, username: str, password: str) -> None:
        """Show the login once, by the first way the server offers; by the next only where it does not know that one.

        Raises:
            SMTPException: when the server offers no way we know, or will not have the login; with its words.
        """
        self.user, self.password = username, password
        ways: dict[str, Any] = {"PLAIN": self.auth_plain, "LOGIN": self.auth_login, "CRAM-MD5": self.auth_cram_md5}
        offered = self.esmtp_features.get("auth", "").upper().split()
        refused = smtplib.SMTPException(NO_LOGIN)
        for name in [name for name in ways if name in offered]:
            try:
                self.auth(name, ways[name])
            except smtplib.SMTPAuthenticationError as error:
                refused = error
                if error.smtp_code != MECHANISM_UNKNOWN:
                    break
            else:
                return
        raise refused

    def auth(self, mechanism: str, authobject: Any, *, initial_response_ok: bool = True) -> tuple[int, bytes]:  # noqa: ANN401 - as smtplib has it
        """Show the login in one way (RFC 4954), as UTF-8 (RFC 4616); smtplib's own knows ASCII alone.

        Raises:
            SMTPException: when the server will not have it, with its words, or never stops asking.
        """
        answer = authobject() if initial_response_ok else None
        self._auth_challenge_count = 0 if answer is None else 1
        code, words = self.docmd("AUTH", mechanism if answer is None else f"{mechanism} {in_base64(answer)}")
        while code == CHALLENGE:
            self._auth_challenge_count += 1
            if self._auth_challenge_count > MOST_CHALLENGES:
                raise smtplib.SMTPException(ASKS_ON)
            code, words = self.docmd(in_base64(authobject(b64decode(words))))
        if code not in SIGNED_IN:
            raise smtplib.SMTPAuthenticationError(code, words)
        return code, words

    def auth_cram_md5(self, challenge: bytes | None = None) -> str | None:  # type: ignore[override]
        """Prove the password without showing it (RFC 2195)."""
        if challenge is None:
            return None
        return f"{self.user} {hmac.new(self.password.encode(), challenge, 'md5').hexdigest()}"

    def begin(self, *commands: str) -> tuple[int, bytes]:
        """Say the first command, and the others with it where the server allows that; return the reply to the first."""
        if self.announced:
            self.announced, self._ahead = (), len(self.announced) - 1
            return self.getreply()
        lines = [encode_command(command) + CRLF for command in commands]
        together = lines if self.has_extn("pipelining") else lines[:1]
        self.send(b"".join(together))
        self._ahead = len(together) - 1
        return self.getreply()

    def hand_over(self, message: bytes, then: tuple[str, ...] = ()) -> tuple[int, bytes]:
        """Send an email that ends with its dot, and in the same write the commands of the next one (RFC 2920, 3.1)."""
        self.send(message + b"".join(encode_command(command) + CRLF for command in then))
        self.announced = then
        return self.getreply()

    def go_on(self, command: str) -> tuple[int, bytes]:
        """Say the next command, unless it was said ahead, and return its reply."""
        if self._ahead:
            self._ahead -= 1
        else:
            self.send(encode_command(command) + CRLF)
        return self.getreply()

    def catch_up(self) -> bool:
        """Hear the replies to what was said ahead. False where the server now waits for an email it shall not get."""
        codes = []
        while self._ahead:
            self._ahead -= 1
            codes.append(self.getreply()[0])
        return GO_AHEAD not in codes


class TlsConnection(Connection, smtplib.SMTP_SSL):
    """Under TLS from the first byte."""


def in_base64(answer: str) -> str:
    """Return an answer to a challenge as it goes over the wire."""
    return b64encode(answer.encode()).decode()


def encode_command(command: str) -> bytes:
    """Return a command as it goes over the wire (RFC 6531: UTF-8).

    Raises:
        ValueError: when it would be two.
    """
    if "\r" in command or "\n" in command:
        raise ValueError("a line break in an SMTP command")
    return command.encode()

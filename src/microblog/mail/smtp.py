"""Sending by SMTP (RFC 5321): one kept connection, verified TLS, a deadline for every wait, every reply read.

smtplib does the protocol; this module drives it step by step, because its `sendmail` hides which step a 421 came from
and raises after the server has already accepted, and its `login` shows a wrong password three times.
"""

import logging
import re
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from microblog.mail.compose import Envelope
from microblog.mail.connection import Connection
from microblog.mail.replies import GO_AHEAD, LOGIN_CODES, SUCCESS, TEMPORARY, Meaning, Reply, Stage, classify_reply
from microblog.mail.smtp_trace import TraceLine, connection_makers
from microblog.mail.tls import verifying_context
from microblog.mail.transport import NotLetIn, Refused, SendingRefused, ServerTrouble, TransportError, TryLater
from microblog.redaction import hide_login
from microblog.settings import MailSettings
from microblog.settings.readers import is_loopback

log = logging.getLogger(__name__)

EMAILS_PER_CONNECTION = 100  # some servers close after a number of emails; we close first
SECONDS_PER_CONNECTION = 60
ANNOUNCED_FOR = 5.0  # seconds a server is expected to wait for an email it was told of
CLOSING = 421
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")  # a filter that refuses an email may quote the link in it
OUTCOMES: dict[Meaning, type[TransportError]] = {
    Meaning.REFUSED: Refused,
    Meaning.LATER: TryLater,
    Meaning.SERVER: ServerTrouble,
}
NO_UTF8 = "the mail server cannot carry an address with letters outside ASCII (it does not offer SMTPUTF8)"
NO_STARTTLS = "the mail server does not offer STARTTLS, and MAIL_USE_TLS asks for it"
IN_THE_CLEAR = "the password would travel in the clear; set MAIL_USE_TLS or MAIL_USE_SSL"


class Gone(TryLater):
    """The connection was closed while, or just before, we named the sender."""


class SmtpTransport:
    """Sends through one server, over a connection kept from email to email.

    `ehlo` is the name we greet with. `trace_line` gets every line, secrets masked.
    """

    def __init__(self, settings: MailSettings, ehlo: str, trace_line: TraceLine | None = None) -> None:
        self._settings = settings
        self._ehlo = ehlo
        self._line, self._tls_line = connection_makers(trace_line, settings)
        self._smtp: Connection | None = None
        self._context: ssl.SSLContext | None = None
        self._opened = 0.0
        self._emails = 0
        self._next: tuple[str, ...] = ()
        self._announced_at = 0.0

    def announce(self, envelope: Envelope) -> None:
        """TraceLine which email comes after the next one, for its commands can travel behind that."""
        self._next = () if envelope.needs_utf8 else commands(envelope)

    def send(self, envelope: Envelope) -> Reply:
        """Send one email. A kept connection that turns out to be dead is renewed once, at no email's cost."""
        then, self._next = self._next, ()
        self._make_ready_for(envelope)
        kept = self._smtp is not None
        try:
            smtp = self._name_sender(envelope)
        except Gone as gone:
            if not kept:
                raise ServerTrouble(gone.reply) from gone
            smtp = self._name_sender(envelope)
        self._emails += 1
        self._name_recipients(smtp, envelope)
        if not smtp.has_extn("pipelining") or self._is_worn_out():
            then = ()
        self._announced_at = time.monotonic()
        return self._ask(Stage.DATA, lambda: hand_over(smtp, envelope.message, then))

    def disconnect(self) -> None:
        """Quit; errors from now on concern no email."""
        if self._smtp and not self._smtp.announced:  # else it waits for an email and would take QUIT for its text
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException) as error:
                log.debug("the mail server did not answer our goodbye: %s", error)
        self._drop()

    def _make_ready_for(self, envelope: Envelope) -> None:
        """Leave a connection that is worn out, or on which another email was announced, or this one too long ago."""
        if self._smtp and self._smtp.announced:
            too_late = time.monotonic() - self._announced_at > ANNOUNCED_FOR
            if too_late or self._smtp.announced != commands(envelope):
                self._drop()
        elif self._is_worn_out():
            self.disconnect()

    def _is_worn_out(self) -> bool:
        return self._emails >= EMAILS_PER_CONNECTION or time.monotonic() - self._opened > SECONDS_PER_CONNECTION

    def _name_sender(self, envelope: Envelope) -> Connection:
        smtp = self._smtp or self._open()
        if envelope.needs_utf8 and not smtp.has_extn("smtputf8"):
            raise Refused(Reply(0, NO_UTF8))
        self._ask(Stage.SENDER, lambda: smtp.begin(*commands(envelope)))
        return smtp

    def _name_recipients(self, smtp: Connection, envelope: Envelope) -> None:
        """Name them all. One that is not taken ends it for all, so that nobody is left out in silence."""
        for recipient, command in zip((envelope.recipient, *envelope.others), commands(envelope)[1:-1], strict=True):
            try:
                self._ask(Stage.RECIPIENT, partial(smtp.go_on, command))
            except TransportError as error:
                if not envelope.others:
                    raise
                words = f"{recipient}: {error.reply.text}"
                raise type(error)(replace(error.reply, text=words)) from error

    def _ask(self, stage: Stage, step: Callable[[], tuple[int, bytes]]) -> Reply:
        """Take one step and judge its reply; leave the connection ready for the next email, or closed."""
        try:
            code, words = step()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            kind = Gone if stage is Stage.SENDER else TryLater
            raise kind(Reply(0, f"{stage.value}: {describe_failure(error)}")) from error
        reply = Reply(code, decode_reply(words))
        meaning = classify_reply(stage, reply)
        if meaning is Meaning.SENT:
            return reply
        if code == CLOSING:
            self._drop()
            raise (Gone if stage is Stage.SENDER else TryLater)(reply)
        if meaning is Meaning.SERVER or code < TEMPORARY:
            self._drop()  # the next try shall sign in anew; and what is no reply may be half of two
        self._reset()
        if meaning is Meaning.SERVER and stage is not Stage.SENDER and code not in LOGIN_CODES:
            raise SendingRefused(reply)
        raise OUTCOMES[meaning](reply)

    def _reset(self) -> None:
        """Forget the email in hand (RSET), so that the next one starts clean; one that was announced has started."""
        if self._smtp and self._smtp.announced:
            return
        try:
            if self._smtp and self._smtp.catch_up() and self._smtp.rset()[0] in SUCCESS:
                return
        except (OSError, smtplib.SMTPException) as error:
            log.debug("the mail server did not answer RSET: %s", error)
        self._drop()

    def _drop(self) -> None:
        if self._smtp:
            self._smtp.close()
        self._smtp, self._emails = None, 0

    def _open(self) -> Connection:
        """Connect, secure the line, sign in. Anything that fails here is the server's trouble, not the email's."""
        stage = Stage.CONNECT
        smtp: Connection | None = None
        try:
            smtp = self._connect()
            stage = Stage.GREETING
            smtp.greet()
            if self._settings.starttls:
                stage = Stage.TLS
                self._secure(smtp)
            stage = Stage.LOGIN
            self._sign_in(smtp)
        except (OSError, smtplib.SMTPException, ValueError, ServerTrouble) as error:  # ValueError: no base64 in AUTH
            if smtp:
                smtp.close()
            self._context = None  # whoever mends its files need not start us again
            trouble = opening_failed(stage, error)
            words = hide_login(trouble.reply.text, self._settings.username, self._settings.password)
            raise NotLetIn(Reply(trouble.reply.code, words)) from error
        self._smtp, self._opened, self._emails = smtp, time.monotonic(), 0
        return smtp

    def _connect(self) -> Connection:
        s = self._settings
        if s.implicit_tls:
            return self._tls_line(s.server, s.port, self._ehlo, timeout=s.timeout, context=self._tls())
        return self._line(s.server, s.port, self._ehlo, timeout=s.timeout)

    def _secure(self, smtp: Connection) -> None:
        """Go over to TLS, or no further: a line that was asked to be secure is never used as it is."""
        if not smtp.has_extn("starttls"):
            raise ServerTrouble(Reply(0, NO_STARTTLS))
        smtp.starttls(context=self._tls())
        smtp.greet()

    def _tls(self) -> ssl.SSLContext:
        """Verify certificate and host name, against the system's authorities and MAIL_CA_FILE."""
        if self._context is None:
            self._context = verifying_context(self._settings.ca_file)
        return self._context

    def _sign_in(self, smtp: Connection) -> None:
        s = self._settings
        if not s.username:
            return
        if not (s.starttls or s.implicit_tls or is_loopback(s.server)):
            raise ServerTrouble(Reply(0, IN_THE_CLEAR))
        smtp.sign_in(s.username, s.password)


def commands(envelope: Envelope) -> tuple[str, ...]:
    """Return what is said before the email itself (RFC 5321 section 3.3)."""
    options = " SMTPUTF8 BODY=8BITMIME" if envelope.needs_utf8 else ""
    recipients = (f"RCPT TO:<{recipient}>" for recipient in (envelope.recipient, *envelope.others))
    return f"MAIL FROM:<{envelope.sender}>{options}", *recipients, "DATA"


def opening_failed(stage: Stage, error: Exception) -> ServerTrouble:
    """Put a failed opening into the server's words where it had any, and into ours where not."""
    if isinstance(error, ServerTrouble):
        return error
    if isinstance(error, smtplib.SMTPResponseException):
        return ServerTrouble(Reply(error.smtp_code, decode_reply(error.smtp_error)))
    return ServerTrouble(Reply(0, f"{stage.value}: {describe_failure(error)}"))


def hand_over(smtp: Connection, message: bytes, then: tuple[str, ...]) -> tuple[int, bytes]:
    """Send the email itself (DATA) and return the reply after the final dot, or the refusal before it.

    `then` are the commands of the next email, which travel behind this one.
    """
    code, words = smtp.go_on("DATA")
    if code in SUCCESS:
        raise smtplib.SMTPServerDisconnected(f"the mail server answered DATA with {code} and took nothing")
    if code != GO_AHEAD:
        return code, words
    stuffed = re.sub(rb"(?m)^\.", b"..", message)  # RFC 5321 section 4.5.2
    # In one write: a second small one would wait for the first's acknowledgement (Nagle), 40 ms an email.
    return smtp.hand_over(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"), then)


def decode_reply(words: bytes | str) -> str:
    """Return a reply as one line of text that every database can keep."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return TOKEN.sub("<token>", line)[:1000]


def describe_failure(error: Exception) -> str:
    """Say what went wrong with a connection."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps it
        return "the mail server did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted: {error.verify_message}"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there (connection refused)"
    return decode_reply(str(error)) or type(error).__name__

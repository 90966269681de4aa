"""The mail server of the settings, and reports of its refusals."""

import smtplib
import ssl
from dataclasses import dataclass

from microblog.mail.connection import Connection
from microblog.mail.replies import Reply, Stage
from microblog.mail.smtp import decode_reply, describe_failure
from microblog.mail.smtp_trace import TraceLine, connection_makers
from microblog.mail.tls import verifying_context
from microblog.ops.doctor import certificate
from microblog.ops.doctor.advice import find_advice
from microblog.ops.doctor.findings import Finding, Subject
from microblog.redaction import hide_login
from microblog.settings import MailSettings
from microblog.settings.providers import provider_for
from microblog.settings.readers import is_loopback

SMTP_ERRORS = (OSError, smtplib.SMTPException, ValueError)  # ValueError: what came was no base64, or no text
READ_RESPONSE = "The server response says what it wants."


class StopChecks(Exception):  # noqa: N818 - it ends a talk, and is no error
    """A finding after which no further check of the server is possible."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.words)
        self.finding = finding


@dataclass(frozen=True)
class Server:
    """The mail server, and our EHLO name."""

    mail: MailSettings
    ehlo: str

    @property
    def provider(self) -> str:
        """The name of the provider, empty if unknown."""
        found = provider_for(self.mail.provider, self.mail.server)
        return found.name if found else ""

    @property
    def is_local(self) -> bool:
        """True if the server runs on this computer."""
        return is_loopback(self.mail.server)

    @property
    def uses_tls(self) -> bool:
        """True if the settings ask for either kind of TLS."""
        return self.mail.starttls or self.mail.implicit_tls

    def connect(self, trace_line: TraceLine | None = None, *, check_name: bool = True) -> Connection:
        """Connect. `trace_line` receives the dialogue. Without `check_name` the certificate may be for another host.

        Raises:
            OSError, SMTPException: when that fails.
        """
        mail = self.mail
        in_clear, under_tls = connection_makers(trace_line, mail)
        if mail.implicit_tls:
            context = self.tls_context(check_name=check_name)
            return under_tls(mail.server, mail.port, self.ehlo, timeout=mail.timeout, context=context)
        return in_clear(mail.server, mail.port, self.ehlo, timeout=mail.timeout)

    def tls_context(self, *, check_name: bool = True) -> ssl.SSLContext:
        """Return a context that verifies certificates."""
        context = verifying_context(self.mail.ca_file)
        context.check_hostname = check_name
        return context

    def report_refusal(self, subject: Subject, stage: Stage, reply: Reply) -> Finding:
        """Report a refusal, with its meaning and remedy if known."""
        advice = find_advice(self.provider, stage, reply)
        if not advice:
            return subject.fail(f"The server said: {reply}", READ_RESPONSE)
        return subject.fail(f"{advice.means} It said: {reply}", advice.remedy)

    def redact_reply(self, code: int, words: bytes | str) -> Reply:
        """Return a reply without credentials."""
        return Reply(code, hide_login(decode_reply(words), self.mail.username, self.mail.password))

    def describe_error(self, error: Exception) -> str:
        """Describe an error of the connection, without credentials."""
        if isinstance(error, smtplib.SMTPResponseException):
            return str(self.redact_reply(error.smtp_code, error.smtp_error))
        return hide_login(describe_failure(error), self.mail.username, self.mail.password)

    def report_tls_failure(self, error: ssl.SSLError) -> Finding:
        """Report why TLS failed."""
        mail = self.mail
        if isinstance(error, ssl.SSLCertVerificationError):
            names = self.read_certificate_names() if error.verify_code in certificate.OTHER_NAMES else []
            return certificate.explain_untrusted(
                error.verify_code, error.verify_message, mail.server, names, mail.ca_file
            )
        if mail.implicit_tls:
            words = f"Port {mail.port} does not speak TLS from the first byte, and MAIL_USE_SSL asks for it."
            return certificate.TLS.fail(words, "Set MAIL_USE_TLS=yes instead, and leave MAIL_USE_SSL unset.")
        words = f"TLS could not be set up: {decode_reply(error.reason or str(error))}."
        return certificate.TLS.fail(words, "The server may know no TLS 1.2, or something in between breaks it.")

    def read_certificate_names(self) -> list[str]:
        """Return the hosts in the server's certificate, none if it cannot be read. Sends no credentials."""
        try:
            connection = self.connect(check_name=False)
            try:
                if self.mail.starttls:
                    connection.greet()
                    connection.starttls(context=self.tls_context(check_name=False))
                return certificate.certificate_names(certificate_of(connection))
            finally:
                connection.close()
        except SMTP_ERRORS:
            return []


def certificate_of(connection: Connection) -> dict[str, object]:
    """Return the server's certificate as `SSLSocket.getpeercert` gives it."""
    sock = connection.sock
    return dict(sock.getpeercert() or {}) if isinstance(sock, ssl.SSLSocket) else {}

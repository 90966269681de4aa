"""The mail server as the settings name it, and its refusals put into words."""

import smtplib
import ssl
from dataclasses import dataclass

from microblog.mail.connection import Connection
from microblog.mail.conversation import Hear, lines
from microblog.mail.masking import without_login
from microblog.mail.replies import Reply, Stage
from microblog.mail.smtp import decoded, in_words
from microblog.mail.tls import verifying
from microblog.ops.doctor import certificate
from microblog.ops.doctor.advice import advice_for
from microblog.ops.doctor.findings import Finding, Subject
from microblog.settings import MailSettings
from microblog.settings.providers import provider_for
from microblog.settings.readers import is_loopback

TROUBLE = (OSError, smtplib.SMTPException, ValueError)  # ValueError: what came was no base64, or no text
ITS_OWN_WORDS = "The server's own words say what it wants."


class Stop(Exception):  # noqa: N818 - it ends a talk, and is no error
    """A finding without which there is nothing more to ask."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.words)
        self.finding = finding


@dataclass(frozen=True)
class Server:
    """The mail server, and the name we greet it with."""

    mail: MailSettings
    ehlo: str

    @property
    def provider(self) -> str:
        """The name of whose server it is, empty where nobody knows."""
        found = provider_for(self.mail.provider, self.mail.server)
        return found.name if found else ""

    @property
    def here(self) -> bool:
        """True where it runs on this computer."""
        return is_loopback(self.mail.server)

    @property
    def tls(self) -> bool:
        """True where TLS was asked for, in one way or the other."""
        return self.mail.starttls or self.mail.implicit_tls

    def connect(self, hear: Hear | None = None, *, check_name: bool = True) -> Connection:
        """Connect. `hear` is told all that is said. Without `check_name` the certificate may be another host's.

        Raises:
            OSError, SMTPException: when that fails.
        """
        mail = self.mail
        in_clear, under_tls = lines(hear, mail)
        if mail.implicit_tls:
            context = self.context(check_name=check_name)
            return under_tls(mail.server, mail.port, self.ehlo, timeout=mail.timeout, context=context)
        return in_clear(mail.server, mail.port, self.ehlo, timeout=mail.timeout)

    def context(self, *, check_name: bool = True) -> ssl.SSLContext:
        """Return what TLS must be."""
        context = verifying(self.mail.ca_file)
        context.check_hostname = check_name
        return context

    def refused(self, subject: Subject, stage: Stage, reply: Reply) -> Finding:
        """Say what a refusal means, and what to do."""
        advice = advice_for(self.provider, stage, reply)
        if not advice:
            return subject.fail(f"The server said: {reply}", ITS_OWN_WORDS)
        return subject.fail(f"{advice.means} It said: {reply}", advice.remedy)

    def reply(self, code: int, words: bytes | str) -> Reply:
        """Return a reply that may be shown."""
        return Reply(code, without_login(decoded(words), self.mail))

    def words(self, error: Exception) -> str:
        """Say what went wrong with the connection, in words that may be shown."""
        if isinstance(error, smtplib.SMTPResponseException):
            return str(self.reply(error.smtp_code, error.smtp_error))
        return without_login(in_words(error), self.mail)

    def untrusted(self, error: ssl.SSLError) -> Finding:
        """Say why there can be no TLS."""
        mail = self.mail
        if isinstance(error, ssl.SSLCertVerificationError):
            names = self.names() if error.verify_code in certificate.OTHER_NAMES else []
            return certificate.explain(error.verify_code, error.verify_message, mail.server, names, mail.ca_file)
        if mail.implicit_tls:
            words = f"Port {mail.port} does not speak TLS from the first byte, and MAIL_USE_SSL asks for it."
            return certificate.TLS.fail(words, "Set MAIL_USE_TLS=yes instead, and leave MAIL_USE_SSL unset.")
        words = f"TLS could not be set up: {decoded(error.reason or str(error))}."
        return certificate.TLS.fail(words, "The server may know no TLS 1.2, or something in between breaks it.")

    def names(self) -> list[str]:
        """Return the hosts that the server's certificate is for; none where it cannot be read. Says nothing secret."""
        try:
            connection = self.connect(check_name=False)
            try:
                if self.mail.starttls:
                    connection.greet()
                    connection.starttls(context=self.context(check_name=False))
                return certificate.names_in(certificate_of(connection))
            finally:
                connection.close()
        except TROUBLE:
            return []


def certificate_of(connection: Connection) -> dict[str, object]:
    """Return what the server's certificate says, as `SSLSocket.getpeercert` gives it."""
    sock = connection.sock
    return dict(sock.getpeercert() or {}) if isinstance(sock, ssl.SSLSocket) else {}

"""The transport that the settings ask for."""

from microblog.mail.mailbox import LocalMailbox
from microblog.mail.smtp import SmtpTransport
from microblog.mail.smtp_trace import TraceLine
from microblog.mail.transport import Transport
from microblog.settings import Settings


def make_transport(settings: Settings, trace_line: TraceLine | None = None) -> Transport:
    """Return the mail server if there is one, else the local mailbox. `trace_line` gets each line of the session."""
    if settings.mail.server:
        return SmtpTransport(settings.mail, settings.ehlo, trace_line)
    return LocalMailbox(settings.mailbox)

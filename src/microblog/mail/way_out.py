"""Which way mail leaves, as the settings have it."""

from microblog.mail.conversation import Hear
from microblog.mail.mailbox import LocalMailbox
from microblog.mail.smtp import SmtpTransport
from microblog.mail.transport import Transport
from microblog.settings import Settings


def transport_for(settings: Settings, hear: Hear | None = None) -> Transport:
    """Return the way letters leave: the mail server if there is one, else the local mailbox. `hear` listens in."""
    if settings.mail.server:
        return SmtpTransport(settings.mail, settings.ehlo, hear)
    return LocalMailbox(settings.mailbox)

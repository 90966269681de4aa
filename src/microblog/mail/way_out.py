"""Which way mail leaves, as the settings have it."""

from microblog.mail.mailbox import LocalMailbox
from microblog.mail.smtp import SmtpTransport
from microblog.mail.transport import Transport
from microblog.settings import Settings


def transport_for(settings: Settings) -> Transport:
    """Return the way letters leave: the mail server if there is one, else the local mailbox."""
    if settings.mail.server:
        host = settings.public_url.host
        return SmtpTransport(settings.mail, "[127.0.0.1]" if settings.trial else host)
    return LocalMailbox(settings.mailbox)

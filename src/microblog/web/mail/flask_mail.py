"""Flask-Mail compatibility: its API on our transport, and `send_email`, which goes through the outbox.

Flask-Mail's `Message`, its signal and what extensions read of it are its own. How a message is composed and sent is
ours: certificates are verified, every wait has an end, every refusal is raised.
"""

import logging
import re
import smtplib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import flask_mail
from flask import Flask, current_app
from flask_mail import BadHeaderError, Message, email_dispatched

from microblog.mail import Attachment, post_message
from microblog.mail.compose import Envelope
from microblog.mail.draft import BadDraft, Draft, Enclosure, compose_draft
from microblog.mail.mailbox_address import MailboxAddress, parse_mailbox
from microblog.mail.rendering import new_message_id
from microblog.mail.transport import TransportError
from microblog.mail.transports import make_transport
from microblog.settings import Sender, Settings
from microblog.web.site import NAME, this_site

log = logging.getLogger(__name__)

STOCK = flask_mail.Connection
IN_UTF8 = re.compile(r';\s*charset="?utf-?8"?$', re.IGNORECASE)


class BadMessage(BadHeaderError, ValueError):  # noqa: N818 - Flask-Mail's refusal, with words
    """A message that cannot be sent as it is."""


class MailNotSent(smtplib.SMTPException):
    """The mail server did not take a message, or nobody knows whether it did. Carries the server's words."""


def init_app(app: Flask, settings: Settings) -> None:
    """Set up what extensions look for. The password is not there: nobody but our transport needs it."""
    mail = settings.mail
    app.config.update(
        MAIL_SERVER=mail.server,
        MAIL_PORT=mail.port,
        MAIL_USE_TLS=mail.starttls,
        MAIL_USE_SSL=mail.implicit_tls,
        MAIL_USERNAME=mail.username or None,
        MAIL_DEFAULT_SENDER=str(MailboxAddress(mail.sender.name, mail.sender.address)),
        MAIL_SUPPRESS_SEND=None,  # as TESTING says
    )
    Mail(app)
    # An extension that makes a `flask_mail.Mail` of its own asks for this class by its name there, and gets ours.
    flask_mail.Connection = Connection  # type: ignore[misc]


class Mail(flask_mail.Mail):
    """The value of `app.extensions["mail"]`."""

    def init_app(self, app: Flask) -> Any:  # noqa: ANN401 - Flask-Mail's own, of a private class
        """Take the place where extensions look."""
        state = super().init_app(app)
        app.extensions["mail"] = self
        return state

    def connect(self) -> "Connection":
        """Return a connection for several messages, to be used in a `with`."""
        return Connection(self)

    @property
    def suppress(self) -> bool:
        """True if messages are recorded and not sent."""
        return is_suppressed(self.app or current_app)


def is_suppressed(app: Flask) -> bool:
    """Tell whether nothing is to be sent: as MAIL_SUPPRESS_SEND says, or where it is None, TESTING."""
    wanted = app.config["MAIL_SUPPRESS_SEND"]
    if wanted is None:
        return app.testing
    if not isinstance(wanted, bool):
        raise TypeError(f"MAIL_SUPPRESS_SEND in app.config is True, False or None, not {wanted!r}.")
    return wanted


class Connection(STOCK):
    """Sends messages one after the other, over one connection to the mail server."""

    def __new__(cls, mail: flask_mail.Mail) -> Self:
        """Leave the other apps of this process what they had."""
        return super().__new__(cls) if NAME in current_app.extensions else STOCK(mail)  # type: ignore[return-value]

    def __init__(self, mail: flask_mail.Mail) -> None:
        super().__init__(mail)
        self._transport = make_transport(this_site().settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.disconnect()

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a message now, to all of its recipients or to none.

        Raises:
            BadMessage: where it cannot be sent as it is.
            MailNotSent: where it was not taken, with the mail server's words.
        """
        app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - as signals want it
        envelope = envelope_of(message, envelope_from)
        if not is_suppressed(app):
            self._hand_over(envelope)
        email_dispatched.send(app, message=message)
        self.num_emails += 1

    def _hand_over(self, envelope: Envelope) -> None:
        try:
            self._transport.send(envelope)
        except TransportError as error:
            raise MailNotSent(f"The message was not taken: {error}") from error
        log.info("message sent at once to %d recipients", 1 + len(envelope.others))


def envelope_of(message: Message, envelope_from: str | tuple[str, str] | None) -> Envelope:
    """Compose a message, and note its date and Message-ID on it as Flask-Mail does."""
    try:
        draft = draft_of(message)
        message.date = this_site().now().timestamp() if message.date is None else message.date
        message.msgId = new_message_id(Sender("", draft.sender.address))
        envelope = compose_draft(draft, message.msgId, datetime.fromtimestamp(message.date, UTC))
        if envelope_from:
            origin = read_address(envelope_from).wire
            envelope = replace(envelope, sender=origin, needs_utf8=envelope.needs_utf8 or not origin.isascii())
    except ValueError as error:
        raise BadMessage(str(error)) from error
    return envelope


def draft_of(message: Message) -> Draft:
    """Return what a message says and to whom."""
    if message.mail_options or message.rcpt_options:
        raise BadDraft("mail_options and rcpt_options cannot be used here.")
    return Draft(
        sender=read_address(message.sender),
        to=read_addresses(message.recipients),
        subject=str(message.subject or ""),
        forms={"plain": str(message.body or ""), **{kind: str(text or "") for kind, text in message.alts.items()}},
        cc=read_addresses(message.cc),
        bcc=read_addresses(message.bcc),
        reply_to=read_address(message.reply_to) if message.reply_to else None,
        headers={str(name): str(value) for name, value in (message.extra_headers or {}).items()},
        enclosures=tuple(enclosure_of(each) for each in message.attachments),
    )


def read_addresses(several: Sequence[str | tuple[str, str]]) -> tuple[MailboxAddress, ...]:
    """Read a list of addresses."""
    if isinstance(several, str):
        raise BadDraft(f"recipients, cc and bcc are lists of addresses, not {several!a}.")
    return tuple(read_address(each) for each in several)


def read_address(typed: str | tuple[str, str]) -> MailboxAddress:
    """Read an address, and say which one where it is none."""
    try:
        return parse_mailbox((str(typed[0] or ""), str(typed[1])) if isinstance(typed, tuple) else str(typed))
    except ValueError as error:
        raise BadDraft(f"{typed!a}: {error}") from error


def enclosure_of(attachment: flask_mail.Attachment) -> Enclosure:
    """Return an attachment as our composer has it. Text travels as UTF-8, as all text does."""
    content = attachment.data.encode() if isinstance(attachment.data, str) else attachment.data
    headers = {str(name): str(value) for name, value in attachment.headers.items()}
    content_id = next((headers.pop(name) for name in list(headers) if name.lower() == "content-id"), "")
    kind = IN_UTF8.sub("", attachment.content_type)
    return Enclosure(Attachment(attachment.filename or "", content, kind, content_id.strip("<>")), headers)


def send_email(
    subject: str,
    sender: str | tuple[str, str] | None,
    recipients: Sequence[str | tuple[str, str]],
    text_body: str,
    html_body: str,
) -> None:
    """Queue a message, as one email for each recipient, and return at once.

    Raises:
        ValueError: where it could never leave as it is; then nothing is posted.
    """
    site = this_site()
    with site.database.writing() as session:
        post_message(
            session,
            subject=subject,
            sender=sender,
            recipients=recipients,
            text=text_body,
            html=html_body,
            now=site.now(),
        )

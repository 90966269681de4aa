"""A message in a developer's own words, queued by `post_message`."""

from dataclasses import dataclass
from datetime import timedelta

from microblog.mail.email_types import EmailType, QueuedEmail, RenderContext
from microblog.mail.rendered import Rendered
from microblog.settings import Sender


@dataclass(frozen=True)
class Message:
    """All that the message says. Without a sender's address it comes from the site's own."""

    subject: str
    text: str
    html: str
    sender_name: str = ""
    sender_address: str | None = None


def render_message(to: str, message: Message) -> Rendered:
    """Return the email to one of the recipients."""
    sender = Sender(message.sender_name, message.sender_address) if message.sender_address else None
    return Rendered(to, message.subject, message.text, message.html, sender=sender)


def render(_: RenderContext, email: QueuedEmail[Message]) -> Rendered:
    """Render a message from its row alone."""
    return render_message(email.to, email.payload)


MESSAGE = EmailType(
    name="message",
    ttl=timedelta(days=5),  # as long as mail servers try (RFC 5321 section 4.5.4.1)
    payload=Message,
    render=render,
)

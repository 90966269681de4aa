"""Emails in a developer's own words. Each recipient gets one, rendered from the text in its row.

So that text rests in the outbox until it is forgotten (MAIL_KEEP_DAYS). A secret link doesn't belong in it, but in an
email with a declaration of its own, which is rendered when it leaves.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.mail.compose import compose
from microblog.mail.draft import BadDraft, fit
from microblog.mail.emails.message import MESSAGE, Message, render_message
from microblog.mail.mailbox_address import parse_mailbox
from microblog.mail.queueing import queue
from microblog.settings import Sender

ANY_ID = "<0@localhost>"


def post_message(
    session: Session,
    *,
    subject: str,
    sender: str | tuple[str, str] | None,
    recipients: Sequence[str | tuple[str, str]],
    text: str,
    html: str,
    now: datetime,
) -> None:
    """Put a message into the outbox, one row for each recipient. Without a sender it comes from the site's own.

    Raises:
        ValueError: where it could never leave as it is; then nothing is queued.
    """
    if isinstance(recipients, str) or not recipients:
        raise BadDraft("recipients is a list of one address or more.")
    origin = parse_mailbox(sender) if sender else None
    message = Message(
        subject=fit(subject, "subject"),
        text=text,
        html=html,
        sender_name=origin.name if origin else "",
        sender_address=origin.address if origin else None,
    )
    addresses = [*dict.fromkeys(parse_mailbox(each).address for each in recipients)]
    for address in addresses:
        email = render_message(address, message)
        compose(email, email.sender or Sender("", address), ANY_ID, now)
    for address in addresses:
        queue(session, MESSAGE, to=address, payload=message, now=now)

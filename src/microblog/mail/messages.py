"""Letters in a developer's own words. Each recipient gets one, written from the text in its row.

So that text rests in the outbox until it is forgotten (MAIL_KEEP_DAYS). A secret link does not belong in it, but in a
letter of a kind of its own, which is written when it leaves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from microblog.mail.compose import compose
from microblog.mail.draft import BadDraft, fit
from microblog.mail.letters import Written
from microblog.mail.named import parse_named
from microblog.mail.outbox import Kind, Letter, post
from microblog.settings import Sender

MESSAGE = Kind("message")
USEFUL_FOR = timedelta(days=5)  # as long as mail servers try (RFC 5321 section 4.5.4.1)
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
        ValueError: where it could never leave as it is; then nothing is posted.
    """
    if isinstance(recipients, str) or not recipients:
        raise BadDraft("recipients is a list of one address or more.")
    origin = parse_named(sender) if sender else None
    facts = {
        "subject": fit(subject, "subject"),
        "sender": origin and [origin.name, origin.address],
        "text": text,
        "html": html,
    }
    letters = [written(address, facts) for address in dict.fromkeys(parse_named(each).address for each in recipients)]
    for letter in letters:
        compose(letter, letter.sender or Sender("", letter.to), ANY_ID, now)
    for letter in letters:
        post(session, MESSAGE, to=letter.to, facts=facts, useful_for=USEFUL_FOR, now=now)


def write_message(session: Session, letter: Letter, now: datetime) -> Written:  # noqa: ARG001 - every writer is called so
    """Write a message from its row alone."""
    return written(letter.to, letter.facts)


def written(to: str, facts: Mapping[str, Any]) -> Written:
    """Return the letter to one of the recipients."""
    sender = Sender(*facts["sender"]) if facts["sender"] else None
    return Written(to, facts["subject"], facts["text"], facts["html"], sender=sender)

"""An email composed from a few facts, and the standard library's parser as the judge of it."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import message_from_bytes
from email.errors import NonASCIILocalPartDefect, UndecodableBytesDefect
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

from hypothesis import settings
from hypothesis import strategies as st

from microblog.mail import Attachment, Rendered
from microblog.mail.compose import Envelope, compose
from microblog.mail.mailbox import parsed
from microblog.settings import Sender
from support.clock import NOON

SENDER = Sender("Microblog", "no-reply@blog.example")
MESSAGE_ID = "<0123456789abcdef@blog.example>"
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version")
# What a header cannot carry (control characters, line separators, marks that turn the direction) has tests of its own,
# and so have rarer spaces: the new parser loses some of them beside a common one.
ONE_LINE = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"),
    include_characters=" ",
    exclude_characters=[chr(mark) for mark in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))],
)
CONTROL = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
NAME = st.text(ONE_LINE, max_size=60) | st.text('aé🎉"\\,;<>@()=?_ ', max_size=120)
WHOLE = st.characters(codec="utf-8")  # any but half a character
BODY = st.text(WHOLE, max_size=200) | st.text(st.sampled_from("ab.= \t\r\n\f\0é🎉\u2028-"), max_size=300)
LONG_BODY = st.text(WHOLE, max_size=20).map(lambda part: part * 120)
QUICK = settings(max_examples=100, deadline=None)


def composed(
    to: str = "alice@example.com",
    subject: str = "[Microblog] Hello",
    text: str = "Hello\n",
    html: str = "<p>Hello</p>\n",
    sender: Sender = SENDER,
    now: datetime = NOON,
    attachments: tuple[Attachment, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Envelope:
    written = Rendered(to, subject, text, html, attachments=attachments, headers=headers or {})
    return compose(written, sender, MESSAGE_ID, now)


def tried(
    to: str = "alice@example.com", subject: str = "[Microblog] Hello", sender: Sender = SENDER
) -> Envelope | None:
    """Compose, or return None where that is refused."""
    try:
        return composed(to=to, subject=subject, sender=sender)
    except ValueError:
        return None


def read(envelope: Envelope) -> EmailMessage:
    """Parse a message, and hold it to what the wire allows and to headers and parts without a defect."""
    assert_safe(envelope)
    message = parsed(envelope.message)
    # Letters beyond ASCII are what RFC 6532 came to allow.
    allowed = (NonASCIILocalPartDefect, UndecodableBytesDefect) if envelope.needs_utf8 else ()
    assert [defect for defect in defects(message) if not isinstance(defect, allowed)] == []
    return message


def shown_name(envelope: Envelope) -> str:
    """Return the display name in From.

    Until Python 3.12 the new parser puts a space between two encoded words of a name, against RFC 2047 section 6.2, so
    it is asked for all but spaces, and the old one for the whole.
    """
    name = str(make_header(decode_header(parseaddr(message_from_bytes(envelope.message)["From"])[0])))
    (address,) = read(envelope)["From"].addresses
    assert address.display_name.replace(" ", "") == name.replace(" ", "")
    return name


def defects(message: EmailMessage) -> Iterator[object]:
    """Yield whatever the standard library finds wrong, in the message and in all its parts."""
    for part in message.walk():
        yield from part.defects
        for value in part.values():
            yield from getattr(value, "defects", ())


def assert_safe(envelope: Envelope) -> None:
    """Hold a message to 7 bits, to short lines, and to CRLF alone (RFC 5321, RFC 5322)."""
    head = envelope.message.partition(b"\r\n\r\n")[0]
    assert (envelope.message if not envelope.needs_utf8 else envelope.message.removeprefix(head)).isascii()
    assert max(map(len, envelope.message.split(b"\r\n"))) <= 998
    assert not CONTROL.search(envelope.message)
    assert b"\n" not in envelope.message.replace(b"\r\n", b"")
    assert b"\r" not in envelope.message.replace(b"\r\n", b"")


def lines(text: str) -> list[str]:
    """Return the lines of a text, whatever ended them; whether the last one was ended is all the same."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return unix.removesuffix("\n").split("\n")


def spaced(text: str) -> str:
    """Return a text with one space where several stood, and none of any kind around it."""
    return " ".join(part for part in text.strip().split(" ") if part)

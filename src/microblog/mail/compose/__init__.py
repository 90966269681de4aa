"""Compose the message that is sent (RFC 5322, RFC 2045) from a rendered email.

The message is put together from bytes by rules of our own, because the standard library's EmailMessage takes a
millisecond for each. Its parser is the judge: the tests hold every message to what it reads (benchmarks/composing.py
has the figures).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from microblog.mail.compose.bodies import LONGEST_LINE, body_of
from microblog.mail.compose.fields import addr_spec, mailbox_field, message_ids, unstructured_field
from microblog.mail.compose.optional import optional_fields
from microblog.mail.rendered import Rendered
from microblog.settings import Sender

__all__ = ["HEADERS", "LONGEST_LINE", "Envelope", "compose"]

HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress")
UNASKED = (
    "Auto-Submitted: auto-generated",  # RFC 3834: no vacation notices, please
    "X-Auto-Response-Suppress: All",  # the same, for Exchange
)


@dataclass(frozen=True)
class Envelope:
    """A message and its route: what SMTP needs to know (RFC 5321 section 2.3.1)."""

    sender: str
    recipient: str
    message: bytes
    needs_utf8: bool
    """An address in it has a local part outside ASCII, so the server must speak SMTPUTF8 (RFC 6531)."""
    others: tuple[str, ...] = ()
    """Further recipients of this very message. The server takes it for all of them or for none."""


def compose(email: Rendered, sender: Sender, message_id: str, now: datetime) -> Envelope:
    """Build the message: one recipient, text and HTML and what is attached, headers that cannot be added to.

    All is 7-bit, but for an address with letters outside ASCII before its @ (RFC 6532).

    Raises:
        ValueError: for what no email can carry: a broken address, half a character, a header that is not ours.
    """
    origin, recipient = addr_spec(sender.address), addr_spec(email.to)
    body = body_of(email)
    fields = (
        mailbox_field("From", sender.name, origin),
        f"To: {recipient}",
        unstructured_field("Subject", email.subject),
        f"Date: {format_datetime(now)}",
        f"Message-ID: {message_ids(message_id)}",
        *UNASKED,
        *optional_fields(email.headers),
        "MIME-Version: 1.0",
        *body.fields,
    )
    head = "\r\n".join(fields).encode()
    refuse_other_headers(head, (*HEADERS, *email.headers, "MIME-Version", *body.names))
    message = b"%b\r\n\r\n%b" % (head, body.content)
    return Envelope(origin, recipient, message, needs_utf8=not head.isascii())


def refuse_other_headers(head: bytes, names: tuple[str, ...]) -> None:
    """Make sure, on the very bytes that leave, that the headers are ours and nobody's text became one.

    Raises:
        ValueError: when it did, or when a line is longer than a server takes.
    """
    lines = head.split(b"\r\n")
    if max(map(len, lines)) > LONGEST_LINE:
        raise ValueError(f"a header line would be longer than {LONGEST_LINE} octets")
    found = tuple(names_in(lines))
    if found != names or head.count(b"\r") + head.count(b"\n") != 2 * (len(lines) - 1):
        raise ValueError(f"the email would leave with the headers {', '.join(found)}")


def names_in(lines: list[bytes]) -> Iterator[str]:
    """Yield the name of each field; a line that begins with a space continues the one before."""
    for line in lines:
        if not line.startswith((b" ", b"\t")):
            yield line.partition(b":")[0].decode("ascii", "replace")

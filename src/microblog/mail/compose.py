"""From a written letter to the message that goes over the wire (RFC 5322, RFC 2045)."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from microblog.mail.addresses import for_the_wire
from microblog.mail.letters import Written
from microblog.settings import Sender

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version"]
HEADERS += ["Content-Type"]
LONGEST_LINE = 998  # RFC 5322 section 2.1.1, in octets


@dataclass(frozen=True)
class Envelope:
    """A message and its route: what SMTP needs to know (RFC 5321 section 2.3.1)."""

    sender: str
    recipient: str
    message: bytes
    needs_utf8: bool
    """The recipient's local part is not ASCII, so the server must speak SMTPUTF8 (RFC 6531)."""


def compose(letter: Written, sender: Sender, message_id: str, now: datetime) -> Envelope:
    """Build the message: one recipient, text and HTML, 7-bit safe, headers that cannot be added to.

    Raises:
        ValueError: for an address the standard library cannot put into a header.
    """
    recipient, origin = for_the_wire(letter.to), for_the_wire(sender.address)
    needs_utf8 = not (recipient.isascii() and origin.isascii())
    message = EmailMessage(policy=SMTPUTF8 if needs_utf8 else SMTP)
    message["From"] = header_address(origin, one_line(sender.name))
    message["To"] = header_address(recipient)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notices, please
    message["X-Auto-Response-Suppress"] = "All"  # the same, for Exchange
    message.set_content(letter.text, cte=encoding_for(letter.text))
    message.add_alternative(letter.html, subtype="html", cte=encoding_for(letter.html))
    wire = message.as_bytes()
    refuse_other_headers(wire)
    return Envelope(origin, recipient, wire, needs_utf8)


def refuse_other_headers(wire: bytes) -> None:
    """Make sure, on the very bytes that leave, that the headers are ours and nobody's text became one.

    Raises:
        ValueError: when it did.
    """
    head = wire.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    names = [line.partition(b":")[0].decode("ascii", "replace") for line in head.split(b"\r\n")]
    if names != HEADERS:
        raise ValueError(f"the letter would leave with the headers {names}")


def header_address(address: str, name: str = "") -> HeaderAddress:
    """Return an address as a header carries it, its two halves apart, for the local part may be any letters."""
    local, _, domain = address.rpartition("@")
    return HeaderAddress(display_name=name, username=local, domain=domain)


def one_line(text: str) -> str:
    """Return what may stand in a header: no control characters, and nothing that the standard library would decode.

    It takes `=?…?=` in a value for an encoded word, decodes it, and writes a line break found there as one.
    """
    visible = "".join(char if char.isprintable() else " " for char in text)
    return visible.replace("=?", "=\N{ZERO WIDTH SPACE}?")


def encoding_for(text: str) -> str:
    """Choose 7bit where the text allows it, so that a person reading the source sees the link whole."""
    lines = text.split("\n")
    fits = all(line.isascii() and line.isprintable() and len(line) <= LONGEST_LINE for line in lines)
    return "7bit" if fits else "quoted-printable"

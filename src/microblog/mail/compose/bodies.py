"""The body of a message: text, HTML and attachments as MIME parts (RFC 2045, RFC 2046, RFC 2387)."""

import binascii
import re
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from microblog.mail.compose.attachments import attachment_fields, base64_lines
from microblog.mail.compose.words import to_utf8
from microblog.mail.rendered import Attachment, Rendered

LONGEST_LINE = 998  # RFC 5322 section 2.1.1, in octets
SEVEN_BIT = bytes(range(0x20, 0x7F)) + b"\t\r\n"
FROM_LINE = re.compile(rb"(?m)^From ")
SPACE_AT_THE_END = re.compile(rb"(?m)^([^\r\n]{74})(=20|=09)\r$")


class Part(NamedTuple):
    """Header fields, and content that ends with a line break. `names` are the fields' names."""

    fields: tuple[str, ...]
    content: bytes

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in their order."""
        return tuple(field.partition(":")[0] for field in self.fields)


def body_of(email: Rendered) -> Part:
    """Return all that stands below an email's headers: the plainer form first, and what is attached behind."""
    shown = [attachment_part(each) for each in email.attachments if each.content_id]
    others = [attachment_part(each) for each in email.attachments if not (each.content_id and email.html)]
    forms = [text_part("plain", email.text)] if email.text or not email.html else []
    if email.html:
        html = text_part("html", email.html)
        forms.append(multipart('related; type="text/html"', [html, *shown]) if shown else html)
    body = multipart("alternative", forms) if len(forms) > 1 else forms[0]
    return multipart("mixed", [body, *others]) if others else body


def multipart(subtype: str, parts: Sequence[Part]) -> Part:
    """Join parts. Nobody can write 128 random bits into a body, and `=_` stands in no quoted-printable or base64."""
    boundary = f"=_{secrets.token_hex(16)}"
    line = b"--%b\r\n" % boundary.encode()
    content = b"".join(
        b"%b%b\r\n\r\n%b\r\n" % (line, "\r\n".join(fields).encode(), content) for fields, content in parts
    )
    fields = (f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"',)
    return Part(fields, b"%b--%b--\r\n" % (content, boundary.encode()))


def text_part(subtype: str, text: str) -> Part:
    """Return text as a part: as it is where it may be, so that whoever reads the source sees a link whole."""
    body = canonical_text(text)
    encoding, content = ("7bit", body) if is_seven_bit(body) else ("quoted-printable", quoted_printable(body))
    fields = (f'Content-Type: text/{subtype}; charset="utf-8"', f"Content-Transfer-Encoding: {encoding}")
    return Part(fields, content)


def canonical_text(text: str) -> bytes:
    """Return text as UTF-8 with CRLF between its lines and at its end, whatever ended them (RFC 2046 section 4.1.1)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return to_utf8(text if text.endswith("\n") else f"{text}\n").replace(b"\n", b"\r\n")


def is_seven_bit(body: bytes) -> bool:
    """Tell whether a body may travel as it is.

    Old mailboxes change a line that begins with `From `, and servers cut a long one.
    """
    if body.translate(None, SEVEN_BIT) or body.startswith(b"From ") or b"\nFrom " in body:
        return False
    return max(map(len, body.split(b"\r\n"))) <= LONGEST_LINE


def quoted_printable(body: bytes) -> bytes:
    """Encode a body whose lines end with CRLF (RFC 2045 section 6.7), in lines of at most 76 characters."""
    encoded = binascii.b2a_qp(body)
    if b"From " in encoded:
        encoded = FROM_LINE.sub(b"=46rom =\r\n", encoded)
    if b"=20\r\n" in encoded or b"=09\r\n" in encoded:  # binascii encodes a last space without counting again
        encoded = SPACE_AT_THE_END.sub(rb"\1=\r\n\2\r", encoded)
    return encoded


def attachment_part(attachment: Attachment) -> Part:
    """Return an attachment as a part."""
    return Part(attachment_fields(attachment), base64_lines(attachment.content))

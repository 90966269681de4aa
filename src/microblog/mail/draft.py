"""A message in a developer's own words: several recipients, attachments, any headers (RFC 5322).

It is composed as emails are, by the same rules for names, texts and files. But where an email's text is made fit, for
nobody is there to mend it, a draft that has a line break in a header is refused, for its developer is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from microblog.mail.compose import UNASKED, Envelope, refuse_other_headers
from microblog.mail.compose.attachments import attachment_fields, base64_lines
from microblog.mail.compose.bodies import Part, multipart, text_part
from microblog.mail.compose.fields import (
    LIKE_ENCODED,
    addr_spec,
    fold_header,
    mailbox_field,
    message_ids,
    phrase,
    unstructured_field,
)
from microblog.mail.compose.words import one_line
from microblog.mail.mailbox_address import UNFIT, MailboxAddress
from microblog.mail.rendered import Attachment

HEADER = re.compile(r"[!-9;-~]{1,76}")  # RFC 5322 section 3.6.8
SUBTYPE = re.compile(r"[a-z0-9.+-]{1,60}")
OURS = re.compile(r"From|To|Cc|Bcc|Subject|Date|Message-ID|MIME-Version|Content-.*|Resent-.*", re.IGNORECASE)
OF_THE_PART = re.compile(r"Content-(Type|Transfer-Encoding|Disposition|ID)|MIME-Version", re.IGNORECASE)
NOBODY_SHOWN = "To: undisclosed-recipients:;"


class BadDraft(ValueError):  # noqa: N818 - a refusal, in words for the developer
    """A message that cannot be sent as it is."""


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a message, and further headers of its part."""

    file: Attachment
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A message and its recipients. `forms` are its text by subtype (`plain`, `html`), the plainest first.

    Who stands in `bcc` is named to the mail server alone.
    """

    sender: MailboxAddress
    to: tuple[MailboxAddress, ...]
    subject: str
    forms: Mapping[str, str]
    cc: tuple[MailboxAddress, ...] = ()
    bcc: tuple[MailboxAddress, ...] = ()
    reply_to: MailboxAddress | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()


def compose_draft(draft: Draft, message_id: str, date: datetime) -> Envelope:
    """Build the message, and the route to all its recipients.

    Raises:
        ValueError: for what cannot be sent as it is. Most are a BadDraft.
    """
    recipients = tuple(dict.fromkeys(addr_spec(each.address) for each in (*draft.to, *draft.cc, *draft.bcc)))
    if not recipients:
        raise BadDraft("The message has no recipients.")
    body = body_of(draft)
    fields = [
        *addresses(draft),
        unstructured_field("Subject", fit(draft.subject, "subject")),
        f"Date: {format_datetime(date)}",
        f"Message-ID: {message_ids(message_id)}",
    ]
    fields += custom_fields(draft.headers, OURS, names_of(fields))
    fields += [each for each in UNASKED if names_of([each]).isdisjoint(names_of(fields))]
    fields += ["MIME-Version: 1.0", *body.fields]
    head = head_of(fields)
    message = b"%b\r\n\r\n%b" % (head, body.content)
    needs_utf8 = not (head.isascii() and "".join(recipients).isascii())
    return Envelope(addr_spec(draft.sender.address), recipients[0], message, needs_utf8, recipients[1:])


def addresses(draft: Draft) -> list[str]:
    """Return the fields that say who it is from, and who shall be seen to get it."""
    people = {"To": draft.to, "Cc": draft.cc, "Reply-To": filter(None, [draft.reply_to])}
    fields = [mailboxes(name, several) for name, several in people.items()]
    fields[0] = fields[0] or NOBODY_SHOWN
    sender = mailbox_field("From", fit(draft.sender.name, "sender's name"), addr_spec(draft.sender.address))
    return [sender, *filter(None, fields)]


def mailboxes(name: str, people: Iterable[MailboxAddress]) -> str:
    """Return a field of several addresses, empty where there are none."""
    start, words = f"{name}:", list[str]()
    for each in people:
        spec, shown = addr_spec(each.address), one_line(fit(each.name, "name beside an address"))
        words += [*phrase(shown, 1 if words else len(start)), f"<{spec}>,"] if shown else [f"{spec},"]
    return fold_header(start, words).removesuffix(",") if words else ""


def fit(text: str, what: str) -> str:
    """Return text that may stand in a header, or refuse it."""
    if UNFIT.search(text):
        raise BadDraft(f"The {what} has a line break or another control character in it: {text[:60]!a}")
    return text


def names_of(fields: Iterable[str]) -> set[str]:
    """Return the names of fields, in small letters."""
    return {each.partition(":")[0].lower() for each in fields}


def head_of(fields: Iterable[str]) -> bytes:
    """Join fields, and make sure on the bytes that no value became a field."""
    head = "\r\n".join(fields).encode()
    refuse_other_headers(head, tuple(each.partition(":")[0] for each in fields))
    return head


def custom_fields(headers: Mapping[str, str], ours: re.Pattern[str], present: set[str]) -> list[str]:
    """Return the fields a developer added."""
    fields: list[str] = []
    for name, value in headers.items():
        if not HEADER.fullmatch(name):
            raise BadDraft(f"A header cannot be called {name[:60]!a}.")
        if ours.fullmatch(name) or name.lower() in present | names_of(fields):
            raise BadDraft(f"The header {name} cannot be added: the message sets it by itself.")
        if LIKE_ENCODED in fit(value, f"header {name}"):
            raise BadDraft(f"The header {name} is encoded. Write it as it shall read: {value[:60]!a}")
        # As it is where it is ASCII, for a link or a Message-ID may be folded beside, but not inside and not encoded.
        plain = value.isascii()
        fields.append(fold_header(f"{name}:", one_line(value).split(" ")) if plain else unstructured_field(name, value))
    return fields


def body_of(draft: Draft) -> Part:
    """Return all that stands below the headers. A message without any text is an empty one."""
    files = [part_of(each) for each in draft.enclosures]
    in_html = [bool(each.file.content_id and draft.forms.get("html")) for each in draft.enclosures]
    shown = [part for part, inside in zip(files, in_html, strict=True) if inside]
    others = [part for part, inside in zip(files, in_html, strict=True) if not inside]
    forms = [form(subtype, text, shown) for subtype, text in draft.forms.items() if text] or [text_part("plain", "")]
    text = multipart("alternative", forms) if len(forms) > 1 else forms[0]
    return multipart("mixed", [text, *others]) if others else text


def form(subtype: str, text: str, shown: list[Part]) -> Part:
    """Return one form of the text; HTML together with the pictures it shows (RFC 2387)."""
    if not SUBTYPE.fullmatch(subtype):
        raise BadDraft(f"There is no form of text called {subtype[:60]!a}.")
    part = text_part(subtype, text)
    return multipart('related; type="text/html"', [part, *shown]) if shown and subtype == "html" else part


def part_of(enclosure: Enclosure) -> Part:
    """Return a file as a part."""
    fit(enclosure.file.name, "name of an attachment")
    fields = attachment_fields(enclosure.file)
    fields = (*fields, *custom_fields(enclosure.headers, OF_THE_PART, names_of(fields)))
    head_of(fields)
    return Part(fields, base64_lines(enclosure.file.content))

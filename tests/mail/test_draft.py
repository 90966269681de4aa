"""A developer's own message: whatever is put in arrives, or is refused, and nothing becomes what it was not."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mail.composing import BODY, NAME, QUICK, lines, read
from microblog.mail import Attachment
from microblog.mail.compose import Envelope
from microblog.mail.draft import BadDraft, Draft, Enclosure, compose_draft
from microblog.mail.mailbox import part_of
from microblog.mail.mailbox_address import MailboxAddress
from support.clock import NOON

ALICE, BOB, CAROL, DAVE = (MailboxAddress("", f"{name}@example.com") for name in ("alice", "bob", "carol", "dave"))
DOE = MailboxAddress("Doe, Inc.", "post@blog.example")
PLAIN = Draft(DOE, (ALICE,), "Hello", {"plain": "Hello\n"})
HTML = "<p>Hello</p>\n"
NEW_LINES = ["\r\nBcc: mallory@example.com", "\n", "\r", "\0", "\x85", "\u2028", "\ud800"]
FILE = Attachment("a.txt", b"a", "text/plain")


def composed(draft: Draft) -> Envelope:
    return compose_draft(draft, "<1@blog.example>", NOON)


def arrived(draft: Draft) -> EmailMessage:
    return read(composed(draft))


def kinds(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_a_plain_message_says_what_every_email_says() -> None:
    message = arrived(PLAIN)
    assert message.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    ]
    assert message["From"] == '"Doe, Inc." <post@blog.example>'
    assert (message["To"], message["Subject"]) == ("alice@example.com", "Hello")
    assert message["Date"].datetime == NOON
    assert message["Message-ID"] == "<1@blog.example>"
    assert lines(part_of(message, "plain")) == ["Hello"]


def test_one_message_goes_to_everybody_and_bcc_is_not_shown() -> None:
    draft = replace(PLAIN, to=(ALICE, BOB), cc=(CAROL,), bcc=(DAVE, ALICE), reply_to=MailboxAddress("Zoë", BOB.address))
    envelope, message = composed(draft), arrived(draft)
    assert (envelope.sender, envelope.recipient) == (DOE.address, ALICE.address)
    assert envelope.others == (BOB.address, CAROL.address, DAVE.address)
    assert message["To"] == "alice@example.com, bob@example.com"
    assert (message["Cc"], message["Reply-To"]) == ("carol@example.com", "Zoë <bob@example.com>")
    assert "Bcc" not in message
    assert b"dave" not in envelope.message


def test_a_message_to_nobody_that_is_shown_says_so() -> None:
    draft = replace(PLAIN, to=(), bcc=(ALICE,))
    assert composed(draft).recipient == ALICE.address
    assert arrived(draft)["To"] == "undisclosed-recipients:;"


@QUICK
@given(st.lists(NAME, min_size=1, max_size=12))
@example(["é" * 100, "é" * 100])
def test_no_name_beside_an_address_adds_or_hides_another(names: list[str]) -> None:
    to = tuple(MailboxAddress(name, f"{number}@example.com") for number, name in enumerate(names))
    draft = replace(PLAIN, to=to, sender=replace(DOE, name=names[0]), reply_to=to[0])
    message = arrived(draft)
    assert [each.addr_spec for each in message["To"].addresses] == [each.address for each in to]
    for shown, name in zip(message["To"].addresses, names, strict=True):  # its parser puts spaces between long words
        assert shown.display_name.replace(" ", "") == name.replace(" ", "")
    assert [each.addr_spec for each in message["From"].addresses] == [DOE.address]
    assert [each.addr_spec for each in message["Reply-To"].addresses] == [to[0].address]
    head = composed(draft).message.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 76 for line in head.split(b"\r\n") if b"=?" in line)  # RFC 2047 section 2


@pytest.mark.parametrize(
    ("forms", "files", "found"),
    [
        ({"plain": "a"}, 0, ["text/plain"]),
        ({"html": HTML}, 0, ["text/html"]),
        ({}, 0, ["text/plain"]),
        ({"plain": "", "html": ""}, 0, ["text/plain"]),
        ({"plain": "a", "html": HTML}, 0, ["multipart/alternative", "text/plain", "text/html"]),
        (
            {"plain": "a", "html": HTML, "calendar": "BEGIN:VCALENDAR"},
            0,
            ["multipart/alternative", "text/plain", "text/html", "text/calendar"],
        ),
        ({"plain": "a"}, 2, ["multipart/mixed", "text/plain", "text/plain", "text/plain"]),
        (
            {"plain": "a", "html": HTML},
            1,
            ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain"],
        ),
    ],
)
def test_a_message_has_the_parts_it_was_given(forms: dict[str, str], files: int, found: list[str]) -> None:
    assert kinds(arrived(replace(PLAIN, forms=forms, enclosures=(Enclosure(FILE),) * files))) == found


@QUICK
@given(BODY, BODY)
def test_any_text_arrives(plain: str, html: str) -> None:
    message = arrived(replace(PLAIN, forms={"plain": f"a{plain}", "html": f"<p>{html}"}))
    assert lines(part_of(message, "plain")) == lines(f"a{plain}")
    assert lines(part_of(message, "html")) == lines(f"<p>{html}")


def test_a_picture_that_the_html_shows_travels_with_it() -> None:
    logo = Enclosure(Attachment("logo.png", b"\x89PNG", "image/png", "logo"), {"X-Attachment-Id": "logo"})
    message = arrived(replace(PLAIN, forms={"plain": "a", "html": HTML}, enclosures=(logo, Enclosure(FILE))))
    assert kinds(message) == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"),
        "text/plain",
    ]
    (picture,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture["X-Attachment-Id"]) == ("<logo>", "logo")
    assert kinds(arrived(replace(PLAIN, enclosures=(logo,)))) == ["multipart/mixed", "text/plain", "image/png"]


def test_further_headers_arrive_as_they_are_however_long() -> None:
    headers = {
        "List-Unsubscribe": f"<https://blog.example/{'x' * 300}>, <mailto:leave@blog.example>",
        "References": " ".join(f"<{email * 90}@blog.example>" for email in "abc"),
        "X-Greeting": "Grüße " * 40,
        "X-Tags": "tag  " * 60,
        "X-Empty": "",
        "auto-submitted": "auto-replied",
    }
    message = arrived(replace(PLAIN, headers=headers))
    for name, value in headers.items():
        assert message[name] == " ".join(value.split())
    assert b"unsubscribe: <https" in composed(replace(PLAIN, headers=headers)).message.lower()
    assert message.get_all("Auto-Submitted") == ["auto-replied"]


BAD = [
    *({"X-A": f"a{new_line}b"} for new_line in NEW_LINES),
    *({name: "a"} for name in ("X\r\nBcc", "X Y", "X:", "", "X-Ä", "x" * 77, "MIME-Version", "content-type")),
    {"X-A": "a", "x-a": "b"},
    {"X-A": "=?utf-8?q?a=0D=0ABcc=3A_mallory=40example=2Ecom?="},
]
OF_THE_MESSAGE = ["bcc", "To", "CC", "From", "Resent-To", "Subject", "date", "Message-Id", "Content-Language"]
OF_THE_PART = ["content-disposition", "Content-ID"]


@pytest.mark.parametrize("headers", [*BAD, *({name: "a@example.com"} for name in OF_THE_MESSAGE)])
def test_a_header_that_is_none_or_is_the_messages_own_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadDraft, match="header"):
        composed(replace(PLAIN, headers=headers))


@pytest.mark.parametrize("headers", [*BAD, *({name: "a"} for name in OF_THE_PART)])
def test_so_is_one_of_an_attachment(headers: dict[str, str]) -> None:
    with pytest.raises(BadDraft, match="header"):
        composed(replace(PLAIN, enclosures=(Enclosure(FILE, headers),)))


@pytest.mark.parametrize("new_line", NEW_LINES)
def test_a_line_break_in_a_header_is_refused(new_line: str) -> None:
    broken = f"Hello{new_line}Hello"
    name = MailboxAddress(broken, "alice@example.com")
    enclosed = Enclosure(replace(FILE, name=broken))
    changes = [{"subject": broken}, {"sender": name}, {"to": (name,)}, {"cc": (name,)}, {"reply_to": name}]
    for change in (*changes, {"enclosures": (enclosed,)}, {"forms": {f"plain{new_line}": "a"}}):
        with pytest.raises(BadDraft):
            composed(replace(PLAIN, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"to": ()},
        {"to": (MailboxAddress("", "alice@example.com\r\nRCPT TO:<mallory@example.com>"),)},
        {"bcc": (MailboxAddress("", "alice@exam ple.com"),)},
        {"forms": {"plain": "a\ud800"}},
        {"forms": {"html; charset=x": "a"}},
        {"headers": {"X-A": "a" * 1000}},
        {"enclosures": (Enclosure(replace(FILE, content_type="text/plain; name=x")),)},
        {"enclosures": (Enclosure(replace(FILE, content_type="text/plain\r\nX: y")),)},
        {"enclosures": (Enclosure(replace(FILE, content_type="message/rfc822")),)},
        {"enclosures": (Enclosure(replace(FILE, content_id="a>\r\nX: y")),)},
        {"enclosures": (Enclosure(FILE, {"X-A": "a" * 1000}),)},
    ],
)
def test_what_no_message_can_carry_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        composed(replace(PLAIN, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["=?utf-8?q?a=0D=0ABcc=3A_mallory=40example=2Ecom?=", "=?utf-8?b?YQ==?=", "a =? b"])
def test_what_looks_encoded_is_text_and_stays_so(name: str) -> None:
    enclosed = Enclosure(replace(FILE, name=name))
    message = arrived(replace(PLAIN, subject=name, sender=replace(DOE, name=name), enclosures=(enclosed,)))
    assert message["Subject"] == name
    assert message["From"].addresses[0].display_name.replace(" ", "") == name.replace(" ", "")
    assert [part.get_filename() for part in message.iter_attachments()] == [name]


@pytest.mark.parametrize("role", ["sender", "to", "cc", "bcc", "reply_to"])
def test_an_address_beyond_ascii_asks_for_a_server_that_can(role: str) -> None:
    zoe = MailboxAddress("", "zoë@example.com")
    draft = replace(PLAIN, **{role: zoe if role in ("sender", "reply_to") else (zoe,)})  # type: ignore[arg-type]
    assert composed(draft).needs_utf8
    assert not composed(PLAIN).needs_utf8

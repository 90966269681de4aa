"""The message that goes over the wire, judged by the standard library's own parser."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from microblog.mail import Written
from microblog.mail.compose import LONGEST_LINE, Envelope, compose
from microblog.mail.mailbox import parsed, part_of
from microblog.settings import Sender
from support.clock import NOON

SENDER = Sender("Microblog", "no-reply@blog.example")
MESSAGE_ID = "<0123456789abcdef@blog.example>"
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version")
PRINTABLE = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")
TEXT = st.text(PRINTABLE, max_size=300) | st.text(PRINTABLE, max_size=20).map(lambda part: part * 120)
NAME = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)
QUICK = settings(max_examples=150, deadline=None)


def composed(
    to: str = "alice@example.com",
    subject: str = "[Microblog] Hello",
    text: str = "Hello\n",
    html: str = "<p>Hello</p>\n",
    sender: Sender = SENDER,
    now: datetime = NOON,
) -> Envelope:
    return compose(Written(to, subject, text, html), sender, MESSAGE_ID, now)


def read(envelope: Envelope) -> EmailMessage:
    return parsed(envelope.message)


def lines(text: str) -> list[str]:
    """Return the lines of a text, whatever ended them and however many empty ones stood at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def test_a_letter_has_each_header_once_and_no_other() -> None:
    message = read(composed())
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type"])


def test_a_letter_says_who_to_whom_what_and_when() -> None:
    message = read(composed())
    assert message["From"] == "Microblog <no-reply@blog.example>"
    assert message["To"] == "alice@example.com"
    assert message["Subject"] == "[Microblog] Hello"
    assert message["Message-ID"] == MESSAGE_ID
    assert parsedate_to_datetime(message["Date"]) == NOON
    assert message["Date"].endswith("+0000")


def test_a_letter_asks_for_no_automatic_answer() -> None:
    message = read(composed())
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_a_letter_has_text_and_html_as_alternatives_the_plainer_first() -> None:
    message = read(composed())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_envelope_goes_to_the_one_recipient_from_the_bare_sender() -> None:
    envelope = composed(sender=Sender("Doe, Inc.", "doe@blog.example"))
    assert (envelope.sender, envelope.recipient) == ("doe@blog.example", "alice@example.com")
    assert not envelope.needs_utf8


@pytest.mark.parametrize("now", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, 23, 59, 59, 999999, UTC)])
def test_the_date_is_that_of_this_try(now: datetime) -> None:
    assert parsedate_to_datetime(read(composed(now=now))["Date"]) == now.replace(microsecond=0)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Microblog",
        "Doe, Inc.",
        'Jane "JD" Doe',
        "back\\slash",
        "a@b.example, c@d.example",
        "<evil@example.com>",
        "(comment)",
        "Jörg's Blog",
        "🎉 Party, Ltd. 🎉",
        "日本語のブログ" * 2,
        "semi; colon: group",
    ],
)
def test_a_senders_name_arrives_as_it_is_whatever_marks_it_has(name: str) -> None:
    envelope = composed(sender=Sender(name, "no-reply@blog.example"))
    (address,) = read(envelope)["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "no-reply@blog.example")
    assert envelope.message.isascii()


@pytest.mark.parametrize("to", ["alice@bücher.example", "alice@straße.example", "alice@例え.example"])
def test_a_domain_outside_ascii_travels_in_ascii(to: str) -> None:
    envelope = composed(to=to)
    assert envelope.recipient.isascii()
    assert envelope.message.isascii()
    assert not envelope.needs_utf8
    assert read(envelope)["To"] == envelope.recipient


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\v", "\f", "\x85", "\u2028"])
def test_a_line_break_adds_no_header(break_: str) -> None:
    for envelope in (
        tried(subject=f"Hello{break_}Bcc: mallory@example.com"),
        tried(sender=Sender(f"Blog{break_}Bcc: mallory@example.com", "no-reply@blog.example")),
        tried(sender=Sender("Blog", f"no-reply@blog.example{break_}Bcc: mallory@example.com")),
        tried(to=f"alice@example.com{break_}Bcc: mallory@example.com"),
    ):
        assert envelope is None or "Bcc" not in read(envelope)
        assert envelope is None or sorted(read(envelope).keys()) == sorted([*HEADERS, "Content-Type"])


@pytest.mark.parametrize(
    "hidden", ["=?utf-8?q?x=0D=0ABcc:_m@example.com?=", "=?utf-8?b?eA0KQmNjOiBtQGV4YW1wbGUuY29t?="]
)
def test_what_looks_encoded_adds_no_header_and_is_not_decoded(hidden: str) -> None:
    message = read(composed(subject=hidden, sender=Sender(hidden, "no-reply@blog.example")))
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type"])
    assert "Bcc:" not in message["Subject"].replace("Bcc:_", "")
    assert "utf-8" in message["Subject"]


@pytest.mark.parametrize("to", ["jörg@example.com", "jörg@bücher.example"])
def test_a_local_part_outside_ascii_asks_for_smtputf8_and_stands_in_the_header(to: str) -> None:
    envelope = composed(to=to)
    assert envelope.needs_utf8
    assert envelope.recipient.startswith("jörg@")
    assert read(envelope)["To"] == envelope.recipient


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r"])
def test_a_line_break_in_an_address_is_refused_outright(break_: str) -> None:
    assert tried(to=f"alice@example.com{break_}") is None
    assert tried(to=f"alice@example.com{break_}Bcc: mallory@example.com") is None


def tried(
    to: str = "alice@example.com", subject: str = "[Microblog] Hello", sender: Sender = SENDER
) -> Envelope | None:
    """Compose, or return None where that is refused."""
    try:
        return composed(to=to, subject=subject, sender=sender)
    except ValueError:
        return None


@QUICK
@given(TEXT, TEXT)
@example("x" * 998, "y" * 999)
@example("é" * 998, "<p>" + "ü" * 2000)
@example("a" * 600 + "\f" + "b" * 600, "nul \x00, escape \x1b[31m")
@example(".\n..\n.dot\nFrom here\n", "=3D=\n=20")
@example("trailing spaces   \n\ttabs\t\n\n\n", "")
def test_any_text_and_html_arrive_whole_in_short_ascii_lines(text: str, html: str) -> None:
    envelope = composed(text=text, html=html)
    message = read(envelope)
    assert lines(part_of(message, "plain")) == lines(text)
    assert lines(part_of(message, "html")) == lines(html)
    assert_safe(envelope)


@QUICK
@given(NAME, NAME)
@example("x" * 900, "n" * 300)
@example("word " * 300, "日本語" * 100)
def test_any_subject_and_name_make_safe_lines_and_no_header_more(subject: str, name: str) -> None:
    envelope = tried(subject=subject, sender=Sender(name, "no-reply@blog.example"))
    if envelope:
        assert_safe(envelope)
        assert len(read(envelope).keys()) == len(HEADERS) + 1


@pytest.mark.parametrize("subject", ["[Microblog] Grüße", "🎉 " * 60, "word " * 100 + "end", "100 % = 100 &percnt; ?"])
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    assert read(composed(subject=subject.strip()))["Subject"] == subject.strip()


def test_a_link_stands_whole_in_the_source_where_the_text_is_ascii() -> None:
    link = "https://blog.example/reset_password/" + "x" * 300
    assert f"\r\n{link}\r\n".encode() in composed(text=f"Open this:\n\n{link}\n\nBye\n").message


def assert_safe(envelope: Envelope) -> None:
    """Hold a message to 7 bits, to lines of at most 998 octets, and to CRLF alone (RFC 5321, RFC 5322)."""
    assert envelope.message.isascii()
    assert max(map(len, envelope.message.split(b"\r\n"))) <= LONGEST_LINE
    assert b"\n" not in envelope.message.replace(b"\r\n", b"")
    assert b"\r" not in envelope.message.replace(b"\r\n", b"")


@pytest.mark.parametrize("local", ["=?utf-8?b?DQpCY2M6IHhAeS5leA?=", "=?utf-8?q?=0D=0ABcc:_x=40y.ex?="])
def test_a_local_part_that_would_become_a_header_never_leaves(local: str) -> None:
    written = Written(f"{local}@example.com", "Hi", "Hi\n", "<p>Hi</p>\n")
    with pytest.raises(ValueError, match="would leave with the headers"):
        compose(written, Sender("Microblog", "no-reply@blog.example"), "<1@blog.example>", NOON)

"""The message that goes over the wire, judged by the standard library's own parser."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mail.composing import (
    BODY,
    HEADERS,
    LONG_BODY,
    MESSAGE_ID,
    NAME,
    QUICK,
    SENDER,
    composed,
    lines,
    read,
    shown_name,
    spaced,
    tried,
)
from microblog.mail import Rendered
from microblog.mail.compose import compose, refuse_other_headers
from microblog.mail.mailbox import part_of
from microblog.settings import Sender
from support.clock import NOON

LINE_BREAKS = ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0"]
EMAIL = Rendered("alice@example.com", "Hello", "Hello\n", "<p>Hello</p>\n")
LOCAL = "abcXYZ019!#$%&'*+-/=?^_`{|}~"


def test_an_email_has_each_header_once_and_no_other() -> None:
    message = read(composed())
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type"])


def test_an_email_says_who_to_whom_what_and_when() -> None:
    message = read(composed())
    assert message["From"] == "Microblog <no-reply@blog.example>"
    assert message["To"] == "alice@example.com"
    assert message["Subject"] == "[Microblog] Hello"
    assert message["Message-ID"] == MESSAGE_ID
    assert parsedate_to_datetime(message["Date"]) == NOON
    assert message["Date"].endswith("+0000")


def test_an_email_asks_for_no_automatic_answer() -> None:
    message = read(composed())
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_an_email_has_text_and_html_as_alternatives_the_plainer_first() -> None:
    message = read(composed())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("text", "html", "kind"),
    [("Hello\n", "", "text/plain"), ("", "<p>Hello</p>\n", "text/html"), ("", "", "text/plain")],
)
def test_an_email_in_one_form_is_that_form_alone(text: str, html: str, kind: str) -> None:
    message = read(composed(text=text, html=html))
    assert message.get_content_type() == kind
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type", "Content-Transfer-Encoding"])
    assert lines(message.get_content()) == lines(text or html)


def test_the_envelope_goes_to_the_one_recipient_from_the_bare_sender() -> None:
    envelope = composed(sender=Sender("Doe, Inc.", "doe@blog.example"))
    assert (envelope.sender, envelope.recipient) == ("doe@blog.example", "alice@example.com")
    assert not envelope.needs_utf8


@pytest.mark.parametrize("now", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, 23, 59, 59, 999999, UTC)])
def test_the_date_is_that_of_this_try(now: datetime) -> None:
    assert parsedate_to_datetime(read(composed(now=now))["Date"]) == now.replace(microsecond=0)


@pytest.mark.parametrize(
    "message_id", ["", "1@blog.example", "<1>", "<1@b>\r\nBcc: m@e.com", "<a b@c>", "<=?utf-8?q?a?=@b>", "<ä@b>"]
)
def test_a_message_id_that_is_none_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(EMAIL, SENDER, message_id, NOON)


# Names and subjects


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
        "👩‍👩‍👧 and 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "日本語のブログ" * 2,
        "山田\u3000太郎",
        "a\xa0b",
        "semi; colon: group",
        "=?utf-8?q?a?=",
        '"',
        "x" * 400,
    ],
)
def test_a_senders_name_arrives_as_it_is_whatever_marks_it_has(name: str) -> None:
    envelope = composed(sender=Sender(name, "no-reply@blog.example"))
    (address,) = read(envelope)["From"].addresses
    assert (shown_name(envelope), address.addr_spec) == (name, "no-reply@blog.example")


@pytest.mark.parametrize(
    "subject",
    [
        "[Microblog] Grüße",
        "🎉 " * 60,
        "word " * 100 + "end",
        "100 % = 100 &percnt; ?",
        "=?utf-8?q?already?=",
        "x" * 2000,
        "",
    ],
)
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    assert read(composed(subject=subject.strip()))["Subject"] == subject.strip()


@pytest.mark.parametrize("break_", LINE_BREAKS)
def test_a_line_break_adds_no_header(break_: str) -> None:
    subject = composed(subject=f"Hello{break_}Bcc: mallory@example.com")
    assert read(subject)["Subject"] == "Hello Bcc: mallory@example.com"
    name = composed(sender=Sender(f"Blog{break_}Bcc: mallory@example.com", "no-reply@blog.example"))
    assert shown_name(name) == "Blog Bcc: mallory@example.com"
    for envelope in (subject, name):
        assert sorted(read(envelope).keys()) == sorted([*HEADERS, "Content-Type"])


@pytest.mark.parametrize("mark", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_a_mark_that_turns_the_direction_of_writing_is_left_out(mark: str) -> None:
    assert read(composed(subject=f"Hello {mark} you"))["Subject"] == "Hello you"


@pytest.mark.parametrize(
    "hidden", ["=?utf-8?q?x=0D=0ABcc:_m@example.com?=", "=?utf-8?b?eA0KQmNjOiBtQGV4YW1wbGUuY29t?=", "a =?x?q?b?= c"]
)
def test_what_looks_encoded_is_not_decoded(hidden: str) -> None:
    envelope = composed(subject=hidden, sender=Sender(hidden, "no-reply@blog.example"))
    assert sorted(read(envelope).keys()) == sorted([*HEADERS, "Content-Type"])
    assert (read(envelope)["Subject"], shown_name(envelope)) == (hidden, hidden)


@QUICK
@given(NAME, NAME)
@example("x" * 900, "n" * 300)
@example("word " * 300, "日本語" * 100)
@example("a" * 60 + " " + "b" * 60, "a" * 60)
@example("Doe, Jörg and all the many others", "Doe, Jörg and all the many others")
@example("\u3000 a \xa0", "0 \xa0")
def test_any_subject_and_name_arrive_on_short_lines_and_add_no_header(subject: str, name: str) -> None:
    envelope = composed(subject=subject, sender=Sender(name, "no-reply@blog.example"))
    message = read(envelope)
    assert message["Subject"] == spaced(subject)
    assert shown_name(envelope) == spaced(name)
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type"])
    head = envelope.message.partition(b"\r\n\r\n")[0].decode()
    assert max(map(len, head.split("\r\n"))) <= 78
    for word in re.findall(r"=\?utf-8\?\S*", head):
        assert len(word) <= 75
        assert re.fullmatch(r"=\?utf-8\?[qb]\?[A-Za-z0-9!*+/=_-]*\?=", word)  # RFC 2047 section 5, rule 3


# Addresses


@pytest.mark.parametrize("to", ["alice@bücher.example", "alice@straße.example", "alice@例え.example"])
def test_a_domain_outside_ascii_travels_in_ascii(to: str) -> None:
    envelope = composed(to=to)
    assert envelope.recipient.isascii()
    assert not envelope.needs_utf8
    assert read(envelope)["To"] == envelope.recipient


@pytest.mark.parametrize("to", ["jörg@example.com", "jörg@bücher.example", "用户@例え.example"])
def test_a_local_part_outside_ascii_asks_for_smtputf8_and_stands_in_the_header(to: str) -> None:
    envelope = composed(to=to)
    assert envelope.needs_utf8
    assert envelope.recipient.rpartition("@")[0] == to.rpartition("@")[0]
    assert envelope.recipient.rpartition("@")[2].isascii()
    assert read(envelope)["To"] == envelope.recipient


def test_a_sender_outside_ascii_asks_for_smtputf8_too() -> None:
    envelope = composed(sender=Sender("Jörg", "jörg@blog.example"))
    assert envelope.needs_utf8
    assert read(envelope)["From"] == "Jörg <jörg@blog.example>"


@pytest.mark.parametrize(
    ("to", "wire", "local"),
    [
        ('"john doe"@example.com', '"john doe"@example.com', "john doe"),
        ('"a,b"@example.com', '"a,b"@example.com', "a,b"),
        ('"a@b"@example.com', '"a@b"@example.com', "a@b"),
        ('"<a>"@example.com', '"<a>"@example.com', "<a>"),
        (r'"a\"b\\c"@example.com', r'"a\"b\\c"@example.com', 'a"b\\c'),
        ("a..b@example.com", '"a..b"@example.com', "a..b"),
        ("a.@example.com", '"a."@example.com', "a."),
        ("o'hara+x=y@bücher.example", "o'hara+x=y@xn--bcher-kva.example", "o'hara+x=y"),
    ],
)
def test_a_local_part_is_quoted_where_it_must_be_and_stays_one_recipient(to: str, wire: str, local: str) -> None:
    envelope = composed(to=to)
    assert envelope.recipient == wire
    (address,) = read(envelope)["To"].addresses
    assert address.username == local


@QUICK
@given(
    st.text(LOCAL + '.,;:<>@()[]" \\', max_size=20) | st.text('.,<>@"\\a', max_size=20).map(lambda text: f'"{text}"')
)
@example('"')
@example('"a"b"')
@example('"a\\"')
@example("a.")
def test_any_ascii_local_part_is_one_recipient_or_refused(local: str) -> None:
    if envelope := tried(to=f"{local}@example.com"):
        (address,) = read(envelope)["To"].addresses
        assert (address.username, address.domain) == (unquoted(local), "example.com")


def unquoted(local: str) -> str:
    return re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local


@pytest.mark.parametrize(
    "to",
    [
        "",
        "alice",
        "@example.com",
        "alice@",
        "alice@exa mple.com",
        "alice@example.com, mallory@example.com",
        "alice@example.com>, <mallory@example.com",
        "alice@[1.2.3.4], mallory@example.com",
        "al\0ice@example.com",
        "alice@example..com",
        "john doe@example.com",
        "a,b@example.com",
        'a"b@example.com',
        "jö rg@example.com",
        "al\ud800ice@example.com",
        "alice@ex\ud800ample.com",
        "=?utf-8?b?DQpCY2M6IHhAeS5leA?=@example.com",
        "=?utf-8?q?=0D=0ABcc:_x=40y.ex?=@example.com",
        "a" * 1000 + "@example.com",
    ],
)
def test_what_is_no_address_never_leaves(to: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        composed(to=to)
    assert "example.com" not in str(refused.value)  # it goes into a log


@pytest.mark.parametrize("break_", LINE_BREAKS)
def test_a_line_break_in_an_address_is_refused_outright(break_: str) -> None:
    assert tried(to=f"alice@example.com{break_}") is None
    assert tried(to=f"alice{break_}@example.com") is None
    assert tried(to=f"alice@example.com{break_}Bcc: mallory@example.com") is None
    assert tried(sender=Sender("Blog", f"no-reply@blog.example{break_}Bcc: mallory@example.com")) is None


# Bodies


@QUICK
@given(BODY | LONG_BODY, BODY)
@example("x" * 998, "y" * 999)
@example("é" * 998, "<p>" + "ü" * 2000)
@example("a" * 600 + "\f" + "b" * 600, "nul \x00, escape \x1b[31m, \x7f, \x85, \u2028")
@example("delete \x7f", "escape \x1b")
@example(".\n..\n.dot\nFrom here\n", "=3D=\n=20")
@example("trailing spaces   \n\ttabs\t\n\n\n", "")
@example("bare\rreturns\r\rand\n\rmixed\r\n", "é\r")
@example("é\nFrom here\n" + "From " * 40, "From é")
@example("x" * 74 + " \n" + "x" * 74 + "\t\n" + "é" * 13 + " \n" + "x" * 75 + " ", "é" + "x" * 73 + " ")
def test_any_text_and_html_arrive_whole(text: str, html: str) -> None:
    envelope = composed(text=text, html=html)
    message = read(envelope)
    if text or not html:
        assert lines(part_of(message, "plain")) == lines(text)
    if html:
        assert lines(part_of(message, "html")) == lines(html)
    for part in message.walk():
        if part["Content-Transfer-Encoding"] == "quoted-printable":
            assert max(map(len, str(part.get_payload()).splitlines())) <= 76


def test_a_link_stands_whole_in_the_source_where_the_text_is_ascii() -> None:
    link = "https://blog.example/reset_password/" + "x" * 300
    assert f"\r\n{link}\r\n".encode() in composed(text=f"Open this:\n\n{link}\n\nBye\n").message


@pytest.mark.parametrize("text", ["From the start\n", "Hello\nFrom the middle\n", "Hellö\nFrom the middle, and ü\n"])
def test_no_line_begins_with_a_word_that_old_mailboxes_change(text: str) -> None:
    assert b"\nFrom " not in composed(text=text, html="").message.partition(b"\r\n\r\n")[2]
    assert b"\r\n\r\nFrom " not in composed(text=text, html="").message


@pytest.mark.parametrize(
    "head",
    [
        b"From: a\r\nTo: b\r\nBcc: c",
        b"From: a\r\nTo: b\r\nTo: c",
        b"From: a",
        b"To: b\r\nFrom: a",
        b"From: a\r\nTo: b\nBcc: c",
        b"From: a\r\nTo: b\rBcc: c",
        b"From: a\r\nTo: b\r\n\r\nBcc: c",
        b"From: a\r\nTo: " + b"b" * 995,
    ],
)
def test_whatever_went_wrong_before_no_other_head_leaves(head: bytes) -> None:
    with pytest.raises(ValueError, match="header"):
        refuse_other_headers(head, ("From", "To"))


def test_a_head_with_folded_lines_leaves() -> None:
    refuse_other_headers(b"From: a\r\n b:\r\n\tc\r\nTo: " + b"b" * 994, ("From", "To"))


def test_no_text_can_begin_a_part_of_its_own() -> None:
    """The boundary is new each time, so who has seen one email knows nothing of the next."""
    before = read(composed()).get_boundary()
    attack = f"Hello\n--{before}\nContent-Type: text/html\n\n<p>evil</p>\n--{before}--\n"
    message = read(composed(text=attack, html=f"<p>{attack}</p>"))
    assert len(list(message.iter_parts())) == 2
    assert lines(part_of(message, "plain")) == lines(attack)
    assert message.get_boundary() != before


@pytest.mark.parametrize(
    "email",
    [replace(EMAIL, subject="\ud800"), replace(EMAIL, text="a\udfff"), replace(EMAIL, html="\udc80<p>")],
    ids=["subject", "text", "html"],
)
def test_half_a_character_is_refused_in_words(email: Rendered) -> None:
    with pytest.raises(ValueError, match="half a character"):
        compose(email, SENDER, MESSAGE_ID, NOON)


def test_half_a_character_in_a_name_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="half a character"):
        compose(EMAIL, Sender("\ud800", "no-reply@blog.example"), MESSAGE_ID, NOON)

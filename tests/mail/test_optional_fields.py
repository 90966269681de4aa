"""The few headers an email may be given: each by its rule, and no other at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.composing import HEADERS, QUICK, composed, read
from microblog.mail.compose.optional import RULES

ONE_CLICK = "List-Unsubscribe=One-Click"
PAGE = "<https://blog.example/u/abc?x=1,2>"


@pytest.mark.parametrize(
    ("name", "value", "read_as"),
    [
        ("List-Unsubscribe", PAGE, PAGE),
        ("List-Unsubscribe", f"{PAGE},<mailto:u@blog.example?subject=x>", f"{PAGE}, <mailto:u@blog.example?subject=x>"),
        ("List-Id", "<digest.blog.example>", "<digest.blog.example>"),
        ("List-Id", "Weekly digest <digest.blog.example>", "Weekly digest <digest.blog.example>"),
        ("List-Id", "Grüße 🎉 <digest.blog.example>", "Grüße 🎉 <digest.blog.example>"),
        ("In-Reply-To", "<1@blog.example>", "<1@blog.example>"),
        ("References", "<1@blog.example> <2@blog.example>", "<1@blog.example> <2@blog.example>"),
        ("References", " ".join(f"<{n:060}@b.example>" for n in range(9)), None),
        ("Reply-To", "bob@example.com", "bob@example.com"),
        ("Reply-To", "Bob <bob@example.com>", "Bob <bob@example.com>"),
        ("Reply-To", '"Doe, \\"Bob\\"" <bob@example.com>', '"Doe, \\"Bob\\"" <bob@example.com>'),
        ("Reply-To", "Doe, Bob <bob@bücher.example>", '"Doe, Bob" <bob@xn--bcher-kva.example>'),
        ("Reply-To", "Jörg <bob@example.com>", "Jörg <bob@example.com>"),
        ("Reply-To", "<bob@example.com>", "bob@example.com"),
    ],
)
def test_a_header_that_is_allowed_arrives(name: str, value: str, read_as: str | None) -> None:
    message = read(composed(headers={name: value}))
    assert message[name] == (read_as or value)
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type", name])


def test_subscribed_mail_can_be_left_with_one_click() -> None:
    message = read(composed(headers={"List-Unsubscribe": PAGE, "List-Unsubscribe-Post": ONE_CLICK}))
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (PAGE, ONE_CLICK)


def test_an_answer_to_an_address_beyond_ascii_asks_for_smtputf8() -> None:
    envelope = composed(headers={"Reply-To": "Jörg <jörg@example.com>"})
    assert envelope.needs_utf8
    assert read(envelope)["Reply-To"] == "Jörg <jörg@example.com>"


@pytest.mark.parametrize(
    "name", ["Bcc", "Cc", "To", "From", "Subject", "Content-Type", "X-Mailer", "reply-to", "", "A\r\nBcc", "Sender"]
)
def test_any_other_header_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot carry the header"):
        composed(headers={name: "mallory@example.com"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("List-Unsubscribe", "https://blog.example/u"),
        ("List-Unsubscribe", "<javascript:alert(1)>"),
        ("List-Unsubscribe", "<https://blog.example/a b>"),
        ("List-Unsubscribe", "<https://blog.example/=?utf-8?q?a?=>"),
        ("List-Unsubscribe", f"{PAGE}\r\nBcc: m@e.com"),
        ("List-Unsubscribe", f"{PAGE}\n"),
        ("List-Unsubscribe", f"<https://blog.example/{'x' * 1000}>"),
        ("List-Unsubscribe", ""),
        ("List-Unsubscribe-Post", "yes"),
        ("List-Id", "digest"),
        ("List-Id", "<digest>"),
        ("List-Id", "<b.c d>"),
        ("List-Id", "a <b.c>\r\nBcc: m@e.com"),
        ("In-Reply-To", "1@blog.example"),
        ("In-Reply-To", ""),
        ("References", "<1@b.example>, <2@b.example>"),
        ("References", "<1@b.example>\r\nBcc: m@e.com"),
        ("References", "<=?utf-8?q?a?=@b.example>"),
        ("Reply-To", "bob"),
        ("Reply-To", "a@example.com, b@example.com"),
        ("Reply-To", "A <a@example.com>, B <b@example.com>"),
        ("Reply-To", "bob@example.com\r\nBcc: m@e.com"),
        ("Reply-To", "=?utf-8?q?a?=@example.com"),
        ("Reply-To", "\ud800 <bob@example.com>"),
    ],
)
def test_a_value_that_breaks_its_rule_is_refused(name: str, value: str) -> None:
    headers = {name: value} if name != "List-Unsubscribe-Post" else {"List-Unsubscribe": PAGE, name: value}
    with pytest.raises(ValueError, match=r"."):
        composed(headers=headers)


def test_one_click_without_a_place_to_click_at_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing without List-Unsubscribe"):
        composed(headers={"List-Unsubscribe-Post": ONE_CLICK})


@QUICK
@given(st.sampled_from(sorted(RULES)), st.text('aé@.<>,":/=?- \r\n\\', max_size=30) | st.text(max_size=30))
def test_no_value_adds_a_header(name: str, value: str) -> None:
    try:
        envelope = composed(headers={name: value})
    except ValueError:
        return
    assert sorted(read(envelope).keys()) == sorted([*HEADERS, "Content-Type", name])

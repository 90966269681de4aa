"""Addresses with a name, in the ways developers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.composing import ONE_LINE, QUICK
from microblog.mail import BadAddress
from microblog.mail.mailbox_address import MailboxAddress, parse_mailbox

READ = {
    "alice@example.com": ("", "alice@example.com"),
    "<alice@example.com>": ("", "alice@example.com"),
    " Alice  <alice@example.com> ": ("Alice", "alice@example.com"),
    "Doe, Inc. <alice@example.com>": ("Doe, Inc.", "alice@example.com"),
    '"Doe, \\"the\\" Inc." <alice@example.com>': ('Doe, "the" Inc.', "alice@example.com"),
    '"A" and "B" <alice@example.com>': ('"A" and "B"', "alice@example.com"),
    "mallory@example.com <alice@example.com>": ("mallory@example.com", "alice@example.com"),
    "<mallory@example.com> <alice@example.com>": ("<mallory@example.com>", "alice@example.com"),
    "👩‍🚀 Zoë <alice@straße.example>": ("👩‍🚀 Zoë", "alice@straße.example"),
    "you@localhost": ("", "you@localhost"),
}
REFUSED = {
    "": "must have an @-sign",
    "Alice": "must have an @-sign",
    "Alice <>": "must have an @-sign",
    "alice@example.com>": "invalid characters",
    "Alice <alice@example.com": "angle bracket",
    "alice@example.com, bob@example.com": "invalid characters",
    "alice@example.com;bob@example.com": "invalid characters",
    "alice@example.com\r\nBcc: bob@example.com": "line breaks",
    "alice@example.com\n": "line breaks",
    "Alice\r\nBcc: bob@example.com <alice@example.com>": "line breaks",
    "Alice\u2028Bcc <alice@example.com>": "line breaks",
    "Alice\ud800 <alice@example.com>": "line breaks",
    "Alice \u202egnp.exe <alice@example.com>": "line breaks",
}


@pytest.mark.parametrize(("typed", "read"), READ.items())
def test_an_address_is_read_with_its_name(typed: str, read: tuple[str, str]) -> None:
    assert parse_mailbox(typed) == MailboxAddress(*read)
    assert parse_mailbox(read) == MailboxAddress(*read)


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_what_is_no_address_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(BadAddress, match=words):
        parse_mailbox(typed)
    with pytest.raises(BadAddress):
        parse_mailbox(("", typed))


def test_a_pair_is_refused_for_either_half() -> None:
    for pair in (("Alice\r\nBcc: x@example.com", "a@example.com"), ("Alice", "a@example.com\n"), ("", "")):
        with pytest.raises(BadAddress):
            parse_mailbox(pair)


def test_a_domain_travels_under_its_own_name_and_not_under_one_that_looks_alike() -> None:
    assert parse_mailbox("user@straße.example").wire == "user@xn--strae-oqa.example"


@QUICK
@given(st.text(ONE_LINE, max_size=40) | st.text('aé"\\,;<>@() ', max_size=20))
def test_what_is_written_is_read_back(name: str) -> None:
    named = MailboxAddress(name.strip(" "), "alice@example.com")
    assert parse_mailbox(str(named)) == named
    assert parse_mailbox((named.name, named.address)) == named

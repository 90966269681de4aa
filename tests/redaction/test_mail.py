"""How strangers' words are shown."""

import pytest

from microblog.links.tokens import LinkSigner
from microblog.redaction import redact_line
from microblog.redaction.mail import hide_tokens
from support.clock import NOON

TOKEN = LinkSigner("reset_password", "https://blog.example", (b"x" * 32,)).sign(1, "state", expires=NOON)
PAYLOAD = TOKEN.partition(".")[2]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (f"554 spam: https://blog.example/reset_password/{TOKEN} was in it", "554 spam: <link> was in it"),
        (f"554 <https://blog.example/reset_password/{TOKEN}>", "554 <<link>>"),
        (f"554 http://blog.example/reset_password/{TOKEN[:50]}... was in it", "554 <link> was in it"),
        (f"554 blog.example/reset_password/{TOKEN}", "554 blog.example/reset_password/<token>"),
        (f"554 {TOKEN[:40]} {PAYLOAD}", "554 <token> <token>"),
    ],
)
def test_a_token_is_not_shown_wherever_it_stands(words: str, shown: str) -> None:
    assert hide_tokens(words) == shown


@pytest.mark.parametrize(
    "words",
    [
        "550 5.7.1 see https://support.google.com/mail/?p=UnsolicitedMessageError ffacd0b85a97d-42cb7f2e8c8si123.14",
        "250 2.0.0 OK  1763812800 ffacd0b85a97d-42cb7f2e8c8si1234567f8f.123 - gsmtp",
        "250 2.6.0 <0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c@blog.example> Hostname=SJ5PEPF000001CA.namprd05.prod.outlook.com",
        "250 Ok 0100018f3c2a1b2c-5d6e7f80-1234-4abc-9def-0123456789ab-000000",
        "421 ip-10-0-0-1.eu-central-1.compute.internal: busy",
        "eyJ is how it starts, they say",
    ],
)
def test_what_servers_usually_say_is_shown_as_it_is(words: str) -> None:
    assert hide_tokens(words) == words


def test_words_are_one_line_in_which_nothing_hides() -> None:
    assert redact_line("550\r\n no \x1b[2J\u202e\u2028 \x00\ud800") == "550 no \\x1b[2J\\u202e \\x00\\ud800"
    assert redact_line("Zoë <zoë@bücher.example> said “no” 🙂") == "Zoë <zoë@bücher.example> said “no” 🙂"

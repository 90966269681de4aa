"""A post as a letter quotes it: nobody speaks to a reader in the site's name."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from microblog.posts import quoting
from microblog.posts.quoting import LONGEST, UNREAD, excerpt


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Good morning!", "Good morning!"),
        ("two\n\nlines  and\ta tab", "two lines and a tab"),
        ("see https://evil.example/login now", "see [link] now"),
        ("see evil.example/login now", "see [link] now"),
        ("see www.evil.example.", "see [link]"),
        ("see EVIL.EXAMPLE", "see [link]"),
        ("see ex\u200bample.com", "see [link]"),
        ("write to help@evil.example please", "write to [link] please"),
        ("mailto:help or tel:123", "[link] or [link]"),
        ("call +1 (555) 010-0200 today", "call [link] today"),
        ("at 192.0.2.1/x", "at [link]"),
        ("пример.рф", "[link]"),
        ("see 🍕.example or i❤️.example", "see [link] or [link]"),
        ("3.5 km in 2026, at 12:30", "3.5 km in 2026, at 12:30"),
        ("End. Beginning", "End. Beginning"),
        ("@bob and #fog", "@bob and #fog"),
        ('she said “no” and "yes"', "she said 'no' and 'yes'"),
        ("\u202eevil\u202c", "evil"),
        ("👨\u200d👩\u200d👧 at home", "👨\u200d👩\u200d👧 at home"),
        ("今日は良い天気。明日も晴れ。", "今日は良い天気。明日も晴れ。"),
        ("今天很好。明天也好！", "今天很好。明天也好！"),
        ("天気はOK。明日も", "天気はOK。明日も"),
        ("もうTwitterです。Twitterです。", "もうTwitterです。Twitterです。"),
        ("３．５キロ", "３．５キロ"),
        ("見てhttps://evil.example/x。次の文", "見て[link]。次の文"),
        ("「https://evil.example」と言う", "「[link]」と言う"),
        ("こんにちは、evil.example/xを見て、明日", "こんにちは、[link]、明日"),
        ("昨日。evil.example。明日", "[link]。明日"),
        ("連絡は、help@evil.exampleまで、お願い", "連絡は、[link]、お願い"),
        ("evil。example", "[link]"),
        ("例え。com", "[link]"),
        ("пример。рф", "[link]"),
        ("日本.evil。example/x", "[link]。example/x"),
        ("https://a，evil.example/x", "[link]，[link]"),
        ("https://a。evil.example/x", "[link]。[link]"),
        ("أهلا، evil.example، سلام", "أهلا، [link]، سلام"),
        ("https://[2001:db8::1]/x。", "[link]。"),
        ("＠bobさん、＃東京・大阪。", "＠bobさん、＃東京・大阪。"),
    ],
)
def test_a_text_is_one_line_without_anything_that_becomes_a_link(text: str, quoted: str) -> None:
    assert excerpt(text) == quoted


def test_a_long_text_is_cut_between_words() -> None:
    short = excerpt("word " * 100)
    assert len(short) <= LONGEST
    assert short.endswith("word…")


def test_a_long_word_is_cut_too() -> None:
    assert excerpt("w" * 500) == "w" * (LONGEST - 1) + "…"


@pytest.mark.parametrize(
    "sign", ["。", "a。", "さ。", "、", "a@", "・", "@", "a", "1", ":", "/", ".", "1.", "a.1", "("]
)
def test_no_post_takes_long_to_quote(sign: str) -> None:
    character = sign + 9 * "\u0301"
    for post in (character * (5000 // len(character)), sign * 500):
        assert excerpt(post) != UNREAD


def test_a_post_that_would_take_long_is_left_out_rather_than_hold_up_all_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quoting, "LIKE_A_LINK", regex.compile(r"(?:a+)+[^a]"))  # takes for ever, as ours once did
    monkeypatch.setattr(quoting, "LONG", 0.01)
    assert excerpt("a" * 500) == UNREAD


WRITTEN = st.sampled_from(["evil", "example", "://", "https", "日本", "です", "a b"]) | st.sampled_from(
    ".。．、，・@/[]("
)
BARE = regex.compile(r"[a-z]{2,}\.[a-z]{2,}|://|[a-z]@[a-z]+\.", regex.IGNORECASE)


@given(st.lists(WRITTEN, max_size=25).map("".join))
def test_whatever_is_written_no_mail_program_makes_a_link_of_its_quote(text: str) -> None:
    assert not BARE.search(excerpt(text).replace("[link]", " "))

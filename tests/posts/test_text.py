"""What is kept of what somebody typed as a post, and what is refused in words."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microblog.posts import PostEmpty, PostRefused, PostTooLong, PostUnreadable, count_characters, normalize_text
from microblog.posts.text import MOST_CODE_POINTS
from support.refusing import refused

FAMILY = "👨‍👩‍👧‍👦"
KISS = "👩🏻‍❤️‍💋‍👩🏼"
everything = st.text(st.characters(exclude_categories=()), max_size=600)
ZALGO = "e" + "\u0301\u0316\u0488" * 20


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("abc", 3),
        ("Größe", 5),
        ("Gro\u0308\u00dfe", 5),
        (FAMILY, 1),
        (KISS, 1),
        ("🇩🇪🇫🇷", 2),
        ("👍🏽", 1),
        ("क्षि", 1),
        ("각", 1),
        ("a\nb", 3),
        ("日本語", 3),
    ],
)
def test_characters_are_counted_as_people_count_them(text: str, characters: int) -> None:
    assert count_characters(text) == characters


@pytest.mark.parametrize("character", ["a", "ß", "e\u0301", "日", "👍🏽", FAMILY, "🇩🇪", "क"])
def test_five_hundred_characters_are_a_post_and_one_more_is_too_long(character: str) -> None:
    assert count_characters(normalize_text(character * 500)) == 500
    with refused(PostTooLong, "at most 500 characters; this one has 501"):
        normalize_text(character * 501)


def test_a_text_far_too_long_is_refused_before_it_is_counted() -> None:
    began = time.perf_counter()
    for typed in ("a" * 3_000_000, "\n" * 3_000_000, "\u0301\u0316" * 1_500_000, "#" * 3_000_000, "\r" * 3_000_000):
        with refused(PostTooLong, "far longer"):
            normalize_text(typed)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "typed",
    ["a" + "\u0301\u0316" * (MOST_CODE_POINTS // 2 - 1), "a" + "\u0300" * 100, "x" * 50 + ZALGO, "a" + "\u200d" * 90],
)
def test_signs_stacked_upon_one_letter_are_refused(typed: str) -> None:
    with refused(PostUnreadable, "stacked upon one letter"):
        normalize_text(typed)


@pytest.mark.parametrize("typed", ["Tiếng Việt", "ẗ̴", "שָׁלוֹם", "བོད་ཡིག", "ไม่", "नमस्ते", KISS])
def test_marks_that_people_write_with_are_kept(typed: str) -> None:
    assert normalize_text(typed) == unicodedata.normalize("NFC", typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\n\n \t\r\n",
        "\u00a0\u2003\u3000",
        "\u200b\u200c\u200d\u2060\ufeff",
        "\u00ad",
        "\u0301\u0316",
        "\u034f\ufe0f\ufe0f",
        "\u115f\u1160\u3164\uffa0",
        "\u2800\u2800",
        "\u202e\u2066",
        "\U000e0041\U000e0042",
        "\x01\x02",
        "\u200b\n\u3164 \u0301",
    ],
)
def test_what_nobody_can_see_is_no_post(typed: str) -> None:
    with refused(PostEmpty, "nothing to read"):
        normalize_text(typed)


@pytest.mark.parametrize("typed", ["a\0b", "\0", "a\ud800", "\udfff", "\ud83d\udc4d"])
def test_what_no_database_keeps_is_refused(typed: str) -> None:
    with refused(PostUnreadable, "cannot be kept"):
        normalize_text(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("a\n\nb\n\n\nc", "a\n\nb\n\n\nc"),
        ("a\n\n\n\nb", "a\n\n\nb"),
        ("a" + "\n" * 4_000 + "b", "a\n\n\nb"),
        ("a" + "\r\n" * 2_000 + "b", "a\n\n\nb"),
        ("a\n \n\t\n \u3000\n  b", "a\n\n\n  b"),
        ("  a b  \n", "a b"),
        ("a\tb", "a b"),
        ("a\x1b[31mb\x7f", "a[31mb"),
        ("e\u0301", "\u00e9"),
        ("<b>a</b> & 'b'", "<b>a</b> & 'b'"),
    ],
)
def test_line_breaks_and_letters_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalize_text(typed) == kept


@given(everything)
@example("\u0344" * 400 + "a")
@example("a\n\u0301\n\n\n\n\nb")
def test_whatever_is_typed_is_a_post_in_its_one_form_or_refused_in_words(typed: str) -> None:
    try:
        text = normalize_text(typed)
    except PostRefused:
        return
    assert 1 <= count_characters(text) <= 500
    assert text == normalize_text(text) == unicodedata.normalize("NFC", text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in text if char != "\n")
    assert "\n\n\n\n" not in text


@given(st.text("ab \n\r", max_size=200))
def test_nothing_that_can_be_seen_is_lost(typed: str) -> None:
    try:
        assert normalize_text(typed).split() == typed.split()
    except PostEmpty:
        assert not typed.split()

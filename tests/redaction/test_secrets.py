"""What must not be read gives way to [hidden]: what looks secret, and what is known to be, however it is spelled."""

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from microblog.redaction import HIDDEN, Redactor

PASSWORD = "a quiet evening by the river"
NAMELESS = Redactor()
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyZXNldF9wYXNzd29yZCI6NX0.Q2hhbmdlIG1lIHBsZWFzZSEgSSBhbSBhIHNpZw"
LOGIN_SECRET = "Wq3k_0sVYt7e-9LrXcB2aPzM5uHn8GdJfT4iQoEyRkA"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"no such token: {JWT}", "no such token: [hidden]"),
        (f"GET /reset_password/{JWT}?x=1", "GET /reset_password/[hidden]?x=1"),
        (f"{{'_user_id': '{LOGIN_SECRET}'}}", "{'_user_id': '[hidden]'}"),
        (f"hash {HASH} is odd", "hash [hidden] is odd"),
        (
            "scrypt is $scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
            "scrypt is [hidden]",
        ),
        ("key " + "0a1b2c3d" * 4, "key [hidden]"),
        ("no account alice@example.com.", "no account [hidden]"),
        ("to <Зоя@пример.example>: no", "to <[hidden]>: no"),
        ("?email=alice%40example.com&x=1", "?email=[hidden]&x=1"),
        ("postgresql+psycopg://blog:s3c:ret@db/name", "postgresql+psycopg://[hidden]/name"),
        ("https://someone@blog.example/page", "https://[hidden]/page"),
    ],
)
def test_what_looks_secret_is_hidden_wherever_it_comes_from(text: str, shown: str) -> None:
    assert NAMELESS.hide(text) == shown
    assert NAMELESS.hide_in_code(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KeyError: 'username'",
        "invalid literal for int() with base 10",
        'null value in column "created_at" of relation "accounts" violates not-null constraint',
        "    @answers(REGISTER, password_rules)",
        "/srv/microblog/app/src/microblog/mail/test_no_letter_blocks_another_one_at_all.py",
        "https://sqlalche.me/e/21/e3q8",
        "2026-11-22T12:00:00+00:00",
        "sqlalchemy.exc.ProgrammingError: (psycopg.errors.UndefinedTable) relation does not exist",
    ],
)
def test_what_an_error_is_about_stays(text: str) -> None:
    assert NAMELESS.hide(text) == text
    assert Redactor(["alice", "two tulips"]).hide(text) == text


@pytest.mark.parametrize(
    "value", ["tulip&<'\"rain", "größe über alles", "two words", "line\nbreak\ttab", "100% of it/all", "Ω"]
)
@pytest.mark.parametrize(
    "spell",
    [str, repr, ascii, quote, quote_plus, html.escape, json.dumps, str.upper, str.lower, str.encode],
    ids=lambda spell: spell.__name__,
)
def test_a_known_value_is_hidden_in_every_spelling(value: str, spell: object) -> None:
    assert callable(spell)
    spelled = str(spell(value + " tail"))
    found = Redactor([value + " tail"]).hide(f"it was {spelled}, they said")
    assert found.startswith("it was ")
    assert found.endswith(", they said")
    assert "tail" not in found.lower()
    assert value[:3] not in found


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("ab", "ab is about a cab", "ab is about a cab"),
        ("abc", "abc is not an abcess: 'abc'", "[hidden] is not an abcess: '[hidden]'"),
        ("tulip", "tulips", "[hidden]s"),
        ("   ", "a   b", "a   b"),
        ("a.c*", "a.c* but not abcc", "[hidden] but not abcc"),
    ],
)
def test_a_short_value_is_hidden_and_words_that_hold_it_by_chance_stay(value: str, text: str, shown: str) -> None:
    assert Redactor([value]).hide(text) == shown


def test_the_longest_of_values_that_begin_alike_is_hidden_as_a_whole() -> None:
    assert Redactor(["rain", "rainbow", "rain"]).hide("a rainbow after rain") == "a [hidden] after [hidden]"


def test_a_part_of_a_value_is_hidden_too() -> None:
    redactor = Redactor([PASSWORD])
    assert redactor.hide("invalid literal: 'a quiet eveni'...") == "invalid literal: '[hidden]'..."
    assert redactor.hide("'\\' in position 3: evening by the river") == "'\\' in position 3: [hidden]"


def test_a_value_is_hidden_in_capitals_that_take_more_room() -> None:
    assert Redactor(["größe und maße"]).hide("no GRÖSSE UND MASSE here") == "no [hidden] here"


def test_spaces_alone_are_no_part_of_a_value() -> None:
    indented = "        if this is code:\n            it stays"
    assert Redactor(["one" + " " * 20 + "two of them"]).hide(indented) == indented


def test_in_code_only_longer_values_are_hidden_for_short_ones_are_words_of_the_program() -> None:
    redactor = Redactor(["form", "self", "hunter2hunter2"])
    line = 'raise ValueError(self.form["x"], "hunter2hunter2")'
    assert redactor.hide_in_code(line) == 'raise ValueError(self.form["x"], "[hidden]")'


words = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(deadline=None, max_examples=200)
@given(value=words, before=words, after=words)
def test_no_value_of_some_length_is_ever_left_in_a_text(value: str, before: str, after: str) -> None:
    assume(len(value.strip()) >= 4 and value.strip() not in HIDDEN)
    found = Redactor([value]).hide(before + value + after)
    assert value not in found.replace(HIDDEN, "")


@pytest.mark.parametrize("value", [PASSWORD, 'it\'s "quoted" \\ twice, my friend', "größer\nund länger"])
@pytest.mark.parametrize("quote_it", [repr, ascii, json.dumps], ids=["repr", "ascii", "json"])
def test_what_is_quoted_again_and_again_is_hidden_all_the_same(value: str, quote_it: Callable[[str], str]) -> None:
    found = Redactor([value]).hide(quote_it(quote_it(quote_it(f"no {value}"))))
    assert not [word for word in ("quiet", "quoted", "twice", "friend", "größer", "länger", "nger") if word in found]


def test_a_very_long_text_and_value_take_no_time_that_grows_with_their_square() -> None:
    """Under the time limit of the test; with a pattern that starts anew at each character it would be minutes."""
    long = "x" * 100_000
    assert NAMELESS.hide(long) == long
    assert NAMELESS.hide(long + "@") == long + "@"
    assert HIDDEN in Redactor(["ab" * 30_000]).hide(long + "ab" * 30_000)

"""What is kept for a browser: claimed once, sealed, and gone in time whatever the clock did."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.browser_state import (
    ANSWERS_KEPT_FOR,
    claim,
    find,
    keep_answer,
    keep_text,
    make_box,
    release,
    seal,
    take_over,
    unseal,
)
from microblog.db import Database
from support.clock import NOON

KEY = b"k" * 32
BOX = make_box(KEY, "answer", "a random secret", [("password", "x")])
LATER = NOON + ANSWERS_KEPT_FOR


@given(st.binary(max_size=300))
def test_a_sealed_text_is_opened_by_its_secret_alone(text: bytes) -> None:
    sealed = seal(BOX.secret, text)
    assert unseal(BOX.secret, sealed) == text
    assert unseal(make_box(KEY, "answer", "another secret").secret, sealed) is None
    assert len(text) < 8 or text not in sealed


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), text=st.binary(max_size=40))
def test_a_sealed_text_that_was_altered_anywhere_is_not_opened(place: int, bit: int, text: bytes) -> None:
    sealed = bytearray(seal(BOX.secret, text))
    sealed[place % len(sealed)] ^= 1 << bit
    assert unseal(BOX.secret, bytes(sealed)) is None


@pytest.mark.parametrize("cut", [0, 1, 15, 16, 31, -1])
def test_a_sealed_text_cut_short_is_not_opened(cut: int) -> None:
    assert unseal(BOX.secret, seal(BOX.secret, b"some text")[:cut]) is None


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(BOX.secret, b"the same") != seal(BOX.secret, b"the same")


@pytest.mark.parametrize(
    "other",
    [
        make_box(b"o" * 32, "answer", "a random secret", [("password", "x")]),
        make_box(KEY, "draft", "a random secret", [("password", "x")]),
        make_box(KEY, "answer", "another secret", [("password", "x")]),
        make_box(KEY, "answer", "a random secret", [("password", "y")]),
        make_box(KEY, "answer", "a random secret", [("password", "x"), ("x", "")]),
    ],
    ids=["site", "purpose", "browser", "password", "fields"],
)
def test_any_difference_leads_to_another_row_and_another_secret(other: object) -> None:
    assert getattr(other, "key", "") != BOX.key
    assert getattr(other, "secret", b"") != BOX.secret
    assert BOX.secret.hex() not in BOX.key


def test_of_many_that_claim_at_once_one_does(database: Database) -> None:
    def try_it(number: int) -> bool:
        with database.writing() as session:
            return claim(session, BOX, f"request {number}", NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(8))) == 1


def test_a_claim_is_free_again_when_it_is_released_by_its_owner_alone(database: Database) -> None:
    with database.writing() as session:
        assert claim(session, BOX, "one", NOON)
        release(session, BOX, "another")
        assert not claim(session, BOX, "two", NOON)
        release(session, BOX, "one")
        assert claim(session, BOX, "two", NOON)


def test_only_a_claim_without_an_answer_is_taken_over(database: Database) -> None:
    with database.writing() as session:
        assert claim(session, BOX, "dead", NOON)
        assert take_over(session, BOX, "dead", "two", NOON)
        assert not take_over(session, BOX, "dead", "three", NOON)
        keep_answer(session, BOX, "dead", b"too late")
        keep_answer(session, BOX, "two", b"the answer")
        assert not take_over(session, BOX, "two", "three", NOON)
    with database.reading() as session:
        found = find(session, BOX, NOON)
        assert found is not None
        assert unseal(BOX.secret, found.sealed or b"") == b"the answer"


@pytest.mark.parametrize(
    "then", [LATER, NOON - timedelta(hours=2)], ids=["a minute later", "after the clock was set back"]
)
def test_an_answer_is_kept_for_a_minute_and_no_clock_makes_it_last(database: Database, then: object) -> None:
    assert isinstance(then, type(NOON))
    with database.writing() as session:
        claim(session, BOX, "one", NOON)
        keep_answer(session, BOX, "one", b"the answer")
        assert find(session, BOX, then) is None
        assert claim(session, BOX, "two", then)


def test_a_text_is_kept_until_its_moment(database: Database) -> None:
    until = NOON + timedelta(hours=1)
    with database.writing() as session:
        keep_text(session, BOX, b"words", until)
        assert find(session, BOX, NOON) is not None
        assert find(session, BOX, until) is None

"""What may be a password, and how passwords are kept."""

import time
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from hypothesis import given, settings
from hypothesis import strategies as st

from microblog.auth import PasswordRefused, check_password, hash_password, passwords, unusable_hash, verify_password
from microblog.auth.passwords import is_easy, needs_rehash
from microblog.words import refusal_text
from support.refusing import refused

pytestmark = pytest.mark.real_argon2

GOOD = "a quiet evening by the river"
COMPOSED = unicodedata.normalize("NFC", "café au lait à midi")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
ABOUT_ALICE = ["wonderland", "alice@tea.example"]
BETTER = "Four or more unrelated words make a good one."


def refusal(password: str, *, shortest: int = 12) -> str:
    """Why Alice may not have this password."""
    with pytest.raises(PasswordRefused) as error:
        check_password(password, shortest=shortest, about=ABOUT_ALICE)
    return refusal_text(error.value)


def accept(password: str, *, shortest: int = 12) -> None:
    """Check a password that Alice may have."""
    check_password(password, shortest=shortest, about=ABOUT_ALICE)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "nodigitsnosignsnocapitals",
        "ONLY CAPITALS LIKE A TELEGRAM",
        "70361 58204 94172",
        "ничего особенного дождь",
        "河の静かな夕暮れに小舟が七つ",
        " leading and trailing space ",
        "kind regards from 🦊 and 🐢",
        "w7!pQz&3vK#m",
    ],
)
def test_any_kind_of_characters_makes_a_password(password: str) -> None:
    accept(password)


@pytest.mark.parametrize("length", [64, 128, 1024])
def test_long_passwords_are_accepted(length: int) -> None:
    accept((GOOD + ", ") * 40 if length > 1100 else ((GOOD + ", ") * 40)[:length])


def test_a_password_of_1024_characters_is_the_longest() -> None:
    longest = "".join(chr(ord("a") + (number * number) % 26) for number in range(1024))
    accept(longest)
    assert "longer than 1024 characters" in refusal(longest + "x")


@pytest.mark.parametrize("shortest", [8, 12, 15])
def test_a_password_one_character_too_short_is_refused_with_both_lengths(shortest: int) -> None:
    long_enough = "vy7Kq2wzRmx8Lt4n"[:shortest]
    accept(long_enough, shortest=shortest)
    told = refusal(long_enough[:-1], shortest=shortest)
    assert told == f"This password is too short: it has {shortest - 1} of at least {shortest} characters."


def test_length_is_counted_in_composed_characters() -> None:
    letters = unicodedata.normalize("NFD", "éàüöñçêîôûå")
    assert len(letters) == 22
    assert "has 11 of at least 12 characters" in refusal(letters)
    accept(unicodedata.normalize("NFD", "é" + GOOD[:8] * 127 + "à ü ñ ö"))


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "PASSWORD1234",
        "1234567890qwerty",
        "1qaz2wsx3edc4rfv",
        "Pass-Word 1234!",
        "passwordpassword",
        "dragon" * 9,
    ],
)
def test_a_common_password_is_refused_in_any_case_and_with_any_signs_between(password: str) -> None:
    told = refusal(password)
    assert "common passwords" in told
    assert told.endswith(BETTER)


@pytest.mark.parametrize("password", ["abcdefghijkl", "aaaaaaaaaaaa", "qwertyuiopas", "121212121212", "P@ssw0rd1234"])
def test_a_password_that_follows_a_pattern_is_refused(password: str) -> None:
    told = refusal(password)
    assert "easy to guess" in told
    assert told.endswith(BETTER)


@pytest.mark.parametrize(
    "password",
    [
        "alice-alice-alice",
        "Alice Alice Al",
        "wonderland12",
        "WONDERLAND 26",
        "alice@tea.example",
        "Alice.Tea.Example",
        "example example",
        "microblog123",
        "Micro Blog 2026",
        "microblogmicroblog",
    ],
)
def test_a_password_made_of_the_name_the_address_or_the_site_is_refused(password: str) -> None:
    told = refusal(password)
    assert "little more than your name, your address or the name of this site" in told
    assert told.endswith(BETTER)


def test_a_password_that_only_mentions_the_name_or_the_site_is_fine() -> None:
    accept("alice likes to row at dusk")
    accept("my microblog keeps seven boats")


@given(st.text(min_size=12, max_size=60))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_accepted_or_refused_in_words(password: str) -> None:
    try:
        accept(password)
    except PasswordRefused as error:
        told = refusal_text(error)
    else:
        told = "It was accepted."
    assert told.endswith(".")


def test_a_password_is_kept_with_argon2id_at_least_as_costly_as_the_standard_asks() -> None:
    kept = hash_password(GOOD)
    parameters = extract_parameters(kept)
    assert kept.startswith("$argon2id$")
    assert parameters.memory_cost >= 19456
    assert parameters.time_cost >= 2
    assert parameters.salt_len >= 16


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password(GOOD) != hash_password(GOOD)


def test_the_same_letters_are_the_same_password_however_they_are_composed() -> None:
    assert COMPOSED != DECOMPOSED
    assert verify_password(hash_password(COMPOSED), DECOMPOSED)
    assert verify_password(hash_password(DECOMPOSED), COMPOSED)


@pytest.mark.parametrize(
    "other",
    [GOOD + " ", " " + GOOD, GOOD.replace(" ", ""), GOOD.replace("  ", " ")[:-1], GOOD.title(), GOOD + "\0", ""],
)
def test_every_character_of_a_password_counts(other: str) -> None:
    assert not verify_password(hash_password(GOOD), other)


def test_the_last_character_of_a_long_password_counts() -> None:
    kept = hash_password("x" * 1023 + "a")
    assert verify_password(kept, "x" * 1023 + "a")
    assert not verify_password(kept, "x" * 1023 + "b")


OTHER_SPACES = ["\u00a0", "\u2003", "\u2009", "\u202f", "\u205f", "\u3000", "\u1680"]


@pytest.mark.parametrize("space", OTHER_SPACES, ids=lambda char: f"U+{ord(char):04X}")
def test_any_kind_of_space_is_the_plain_one(space: str) -> None:
    typed = GOOD.replace(" ", space)
    assert verify_password(hash_password(GOOD), typed)
    assert verify_password(hash_password(typed), GOOD)
    assert not needs_rehash(hash_password(typed), typed)


def test_spaces_still_count() -> None:
    assert not verify_password(hash_password(GOOD), GOOD.replace(" ", "\u200b"))
    assert not verify_password(hash_password(GOOD), GOOD.replace(" ", "\u00a0\u00a0"))


def test_a_password_kept_before_spaces_were_alike_still_opens_and_is_made_anew() -> None:
    typed = GOOD.replace(" ", "\u00a0")
    old = passwords.hasher.hash(typed)
    assert verify_password(old, typed)
    assert needs_rehash(old, typed)
    assert not verify_password(old, typed + "x")


@pytest.mark.parametrize("typed", [GOOD, GOOD.replace(" ", "\u00a0"), "wrong\u00a0wrong\u00a0wrong"])
def test_how_often_is_hashed_follows_from_what_is_typed_and_not_from_whose_it_is(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [hash_password(GOOD), passwords.hasher.hash(GOOD.replace(" ", "\u00a0")), unusable_hash(), None, "damaged"]
    counts = set()
    for one in kept:
        tries: list[str] = []
        with monkeypatch.context() as watched:
            watched.setattr(passwords, "is_hash_of", lambda hashed, way, seen=tries: bool(seen.append(way)))
            verify_password(one, typed)
        counts.add(len(tries))
    assert counts == {2 if "\u00a0" in typed else 1}


def test_letters_that_only_look_alike_are_not_the_same() -> None:
    # NFC, not NFKC: a ligature is not its two letters
    assert not verify_password(hash_password("ﬁne weather at sea"), "fine weather at sea")


@pytest.mark.parametrize(
    "weaker",
    [
        PasswordHasher(time_cost=1, memory_cost=19456, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.I),
    ],
)
def test_a_hash_with_weaker_parameters_still_opens_and_wants_to_be_made_anew(weaker: PasswordHasher) -> None:
    kept = weaker.hash(GOOD)
    assert verify_password(kept, GOOD)
    assert needs_rehash(kept, GOOD)


def test_a_hash_of_today_needs_not_be_made_anew() -> None:
    assert not needs_rehash(hash_password(GOOD), GOOD)


@pytest.mark.parametrize("typed", [GOOD, "", "nobody has this password"])
def test_where_there_is_no_account_no_password_is_right(typed: str) -> None:
    assert not verify_password(None, typed)


def test_where_there_is_no_account_a_whole_hash_is_still_computed() -> None:
    kept = hash_password(GOOD)
    verify_password(None, GOOD)
    assert work_of(None) > work_of(kept) / 3


def work_of(kept: str | None) -> float:
    """The processor time one comparison takes, whatever else the machine does."""
    began = time.thread_time()
    verify_password(kept, GOOD)
    return time.thread_time() - began


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$m=1,t=1,p=1$broken", "$2b$12$" + "x" * 53])
def test_a_damaged_hash_opens_for_nobody(kept: str) -> None:
    assert not verify_password(kept, GOOD)
    assert not verify_password(kept, "")


@pytest.mark.parametrize("password", ["4@8({[<3961!|0$5+7%24@8({[<3961!|0$5+7%2", "x" * 41])
def test_a_password_that_would_take_long_to_estimate_is_not_estimated(password: str) -> None:
    assert not is_easy(password)


def test_stand_ins_hide_no_known_word() -> None:
    assert is_easy("P@55w0rd!P@55w0rd!")


def test_a_password_beyond_all_bounds_is_refused_before_it_is_normalized() -> None:
    piled = "a" + "\u0301\u0316" * 15000  # normalizing this would take longer than a second
    with refused(PasswordRefused, "longer than 1024"):
        check_password(piled, shortest=12, about=[])
    assert not verify_password(hash_password("a quiet evening by the river"), piled)
    assert not verify_password(hash_password(""), piled)


def test_a_locked_password_is_opened_by_nothing() -> None:
    locked = unusable_hash()
    assert locked != unusable_hash()
    for typed in ("", locked, locked.partition(" ")[2], "nobody has this password", GOOD):
        assert not verify_password(locked, typed)

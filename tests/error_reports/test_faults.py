"""What is told of an exception: which one it is, where it came from, and nothing that it carries along."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from microblog.auth import hash_password, verify_password
from microblog.error_reports.faults import Fault, describe
from microblog.identity import check_username
from microblog.mail import parse_address
from microblog.redaction import Redactor

NOTHING = Redactor()
LONE = "\ud800"
"""Half a character, which nothing can be encoded with: a fault in the library that hashes passwords."""


def fault(act: Callable[[], object], redactor: Redactor = NOTHING) -> Fault:
    """Return what is told of the exception that a function raises."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whichever it is
        return describe(error, redactor)
    raise AssertionError("nothing was raised")


def fail(words: str = "") -> None:
    raise ValueError(words)


def fail_elsewhere(words: str = "") -> None:
    raise ValueError(words)


def fail_because(cause: Callable[[], None]) -> None:
    try:
        cause()
    except ValueError as error:
        raise KeyError("later") from error


def fail_while_failing() -> None:
    try:
        fail("first")
    except ValueError:
        fail_elsewhere("second")


def fail_after_all() -> None:
    try:
        fail("first")
    except ValueError:
        raise KeyError("second") from None


def dig(depth: int) -> int:
    return dig(depth - 1) + 1 if depth else int("bottom")


def dig_for_ever(depth: int = 0) -> int:
    return dig_for_ever(depth + 1) + 1


def test_the_title_names_the_class_and_the_function() -> None:
    assert fault(fail).title == "ValueError in fail"


def test_the_title_names_our_own_function_rather_than_the_librarys() -> None:
    assert fault(lambda: hash_password(LONE)).title == "UnicodeEncodeError in hash_password"


def test_equal_errors_have_equal_keys_whatever_they_say() -> None:
    assert fault(lambda: fail("one")).key == fault(lambda: fail("two")).key


@pytest.mark.parametrize(
    "other",
    [
        fail_elsewhere,
        lambda: int("x"),
        lambda: fail_because(fail),
        lambda: check_username(""),
    ],
    ids=["another place", "another class", "another cause", "another room"],
)
def test_different_errors_have_different_keys(other: Callable[[], None]) -> None:
    assert fault(other).key != fault(fail).key


def test_the_same_error_by_different_causes_is_not_the_same() -> None:
    assert fault(lambda: fail_because(fail)).key != fault(lambda: fail_because(fail_elsewhere)).key


def test_two_of_our_lines_that_fail_in_the_same_line_of_a_library_are_two_errors() -> None:
    first, second = fault(lambda: hash_password(LONE)), fault(lambda: verify_password(None, LONE))
    last = "    return s.encode(encoding)\nUnicodeEncodeError:"
    assert last in first.traceback
    assert last in second.traceback
    assert first.key != second.key


def test_a_key_fits_its_column_and_begins_with_the_title() -> None:
    longest = type("Error" * 20, (Exception,), {})

    def act() -> None:
        raise longest

    found = fault(act)
    assert found.key.rpartition(" ")[0] == found.title == ("Error" * 20)[:43]
    assert len(found.key) == 64


def test_the_traceback_shows_the_calls_their_source_and_the_message() -> None:
    lines = fault(lambda: dig(2)).traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-3].endswith(", in dig")
    assert lines[-2].strip() == 'return dig(depth - 1) + 1 if depth else int("bottom")'
    assert lines[-1] == "ValueError: invalid literal for int() with base 10: 'bottom'"


def test_a_file_is_named_from_where_python_found_it() -> None:
    found = fault(lambda: parse_address(0)).traceback  # type: ignore[arg-type]
    assert 'File "microblog/mail/addresses.py", line ' in found
    assert str(Path(sys.prefix)) not in found


def test_no_variable_is_shown() -> None:
    def act(password: str) -> None:
        fail(str(len(password)))

    found = fault(lambda: act("Tulip".lower())).traceback
    assert found.endswith("ValueError: 5")
    assert "tulip" not in found


def test_causes_are_told_first_in_the_order_in_which_they_happened() -> None:
    found = fault(lambda: fail_because(fail_while_failing)).traceback
    words = [
        "ValueError: first",
        "While that was dealt with:",
        "ValueError: second",
        "That led to:",
        "KeyError: 'later'",
    ]
    assert [line for line in found.splitlines() if line in words] == words


def test_a_cause_that_was_put_aside_on_purpose_is_not_told() -> None:
    found = fault(fail_after_all).traceback
    assert "KeyError: 'second'" in found
    assert "ValueError: first" not in found


def test_causes_in_a_circle_come_to_an_end() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    found = describe(one, NOTHING)
    assert found.traceback.count("ValueError: two") == 1


def test_a_long_chain_of_causes_is_cut_at_its_beginning() -> None:
    error = ValueError("no. 0")
    for number in range(1, 100):
        last = ValueError(f"no. {number}")
        last.__cause__, error = error, last
    found = describe(error, NOTHING).traceback
    assert found.startswith("ValueError: no. 95\n")
    assert found.endswith("ValueError: no. 99")


def test_a_deep_recursion_is_told_by_its_beginning_and_its_end() -> None:
    found = fault(lambda: dig(300)).traceback
    assert len(found.splitlines()) < 80
    assert "(271 more calls)" in found
    assert fault(lambda: dig(300)).key == fault(lambda: dig(200)).key
    assert "RecursionError" in fault(dig_for_ever).traceback


def test_a_long_message_is_cut() -> None:
    found = fault(lambda: fail("so " * 2000)).traceback
    assert found.endswith("so so (and more)")
    assert len(found) < 3000


@pytest.mark.parametrize("before", range(3940, 3990, 5))
def test_a_secret_is_not_cut_before_it_is_found(before: int) -> None:
    secret = "Wq3k_0sVYt7e-9LrXcB2aPzM5uHn8GdJfT4iQoEyRkA"
    filling = "alice.from.wonderland@example.com " * 120  # which becomes shorter, so that what is far behind moves up
    found = fault(lambda: fail(f"{filling[:before]} {secret}")).traceback
    assert not [piece for piece in range(len(secret) - 6) if secret[piece : piece + 6] in found]


def test_what_the_redactor_knows_is_hidden_from_messages_and_notes() -> None:
    def act() -> None:
        error = ValueError("no tulip of summer rain")
        error.add_note("add tulip to 'summer rain'")
        raise error

    found = fault(act, Redactor(["tulip", "summer rain"])).traceback
    assert found.endswith("ValueError: no [hidden] of [hidden]\nadd [hidden] to '[hidden]'")


def test_it_is_hidden_from_the_source_too_where_it_is_no_short_word() -> None:
    def act() -> None:
        raise ValueError("under the summer rain")

    lines = fault(act, Redactor(["raise", "summer rain"])).traceback.splitlines()
    assert lines[-2:] == ['    raise ValueError("under the [hidden]")', "ValueError: under the [hidden]"]


def test_the_line_that_a_syntax_error_quotes_is_hidden_like_any_message() -> None:
    found = fault(lambda: compile("tulips = = 'rainbows'", "<typed>", "exec"), Redactor(["tulips = = 'rainbows'"]))
    assert found.traceback.endswith("SyntaxError: invalid syntax")
    assert found.traceback.splitlines()[-3] == "    [hidden]"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\0b\x1b[31m", "ValueError: a\\x00b\\x1b[31m"),
        ("half \ud83d of it", "ValueError: half \\ud83d of it"),
        ("für Зоя 🎈", "ValueError: für Зоя 🎈"),
        ("two\nlines", "lines"),
        ("", "ValueError"),
    ],
)
def test_what_cannot_be_seen_or_sent_is_spelled_out(said: str, shown: str) -> None:
    found = fault(lambda: fail(said)).traceback
    assert found.splitlines()[-1] == shown
    found.encode()


def test_an_exception_that_cannot_speak_is_told_all_the_same() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def act() -> None:
        raise MuteError

    assert "MuteError" in fault(act).traceback.splitlines()[-1]


def test_an_exception_that_was_never_raised_is_told_by_its_message() -> None:
    found = describe(ValueError("made, not raised"), NOTHING)
    assert (found.title, found.traceback) == ("ValueError in ?", "ValueError: made, not raised")

"""From the text of one environment variable to a value: what is understood, and what is refused as invalid."""

from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microblog.settings import BY_NAME, SETTINGS, readers
from microblog.settings.errors import InvalidValue
from microblog.settings.readers import Rate, Sender
from microblog.settings.setting import Setting

MINUTE, HOUR, DAY = 60, 3600, 86400
NAME_OF = attrgetter("name")


def assert_invalid(read: Callable[[str], object], raw: str, should: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read(raw)
    assert should in refused.value.should


@pytest.mark.parametrize("word", ["1", "true", "yes", "on", "True", "YES", "On"])
def test_a_flag_is_on(word: str) -> None:
    assert readers.flag(word) is True


@pytest.mark.parametrize("word", ["0", "false", "no", "off", "none", "False", "NO", "Off", "None"])
def test_a_flag_is_off(word: str) -> None:
    assert readers.flag(word) is False


@pytest.mark.parametrize("word", ["maybe", "2", "-1", "y", "tru", "yes please", "ja", "None of them", "ｙｅｓ"])
def test_any_other_word_is_no_flag(word: str) -> None:
    assert_invalid(readers.flag, word, "yes or no")


@pytest.mark.parametrize(("raw", "value"), [("1", 1), ("25", 25), ("65535", 65535), ("000587", 587)])
def test_a_number_within_its_bounds(raw: str, value: int) -> None:
    assert readers.number(1, 65535)(raw) == value


@pytest.mark.parametrize(
    "raw", ["0", "65536", "-1", "+5", "1.5", "1e3", "0x19", "twelve", "1_000", "٢٥", "25 26", "9" * 400]
)
def test_a_number_outside_its_bounds_or_of_another_shape(raw: str) -> None:
    assert_invalid(readers.number(1, 65535), raw, "a whole number from 1 to 65535")


@pytest.mark.parametrize(("raw", "value"), [("15", 15.0), ("0.5", 0.5), ("600", 600.0), ("0.001", 0.001)])
def test_seconds(raw: str, value: float) -> None:
    assert readers.seconds(raw) == value


@pytest.mark.parametrize("raw", ["0", "0.000", "600.1", "601", "-1", "nan", "inf", "1e2", "15s", ".5", "5.", "١٥"])
def test_no_seconds(raw: str) -> None:
    assert_invalid(readers.seconds, raw, "a number of seconds, more than 0 and up to 600")


@pytest.mark.parametrize(
    ("raw", "times", "seconds"),
    [
        ("1/second", 1, 1),
        ("20/minute", 20, MINUTE),
        ("5/hour", 5, HOUR),
        ("100/day", 100, DAY),
        ("5 / Hour", 5, HOUR),
        ("off", None, 1),
        ("OFF", None, 1),
    ],
)
def test_a_rate(raw: str, times: int | None, seconds: int) -> None:
    assert readers.rate(raw) == Rate(times, seconds)


@pytest.mark.parametrize(
    "raw",
    [
        "5",
        "0/hour",
        "-1/hour",
        "5/hours",
        "5 per hour",
        "5/week",
        "/hour",
        "five/hour",
        "5/",
        "1.5/hour",
        "no",
        "٥/hour",
    ],
)
def test_no_rate(raw: str) -> None:
    assert_invalid(readers.rate, raw, 'like "5/hour"')


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        ("admin@blog.example", "", "admin@blog.example"),
        ("Our Blog <admin@blog.example>", "Our Blog", "admin@blog.example"),
        ('"Blog, the" <admin@blog.example>', "Blog, the", "admin@blog.example"),
        ("admin@BLOG.Example", "", "admin@blog.example"),
        ("root@localhost", "", "root@localhost"),
        ("Бло́г <admin@blog.example>", "Бло́г", "admin@blog.example"),
    ],
)
def test_a_sender(raw: str, name: str, address: str) -> None:
    assert readers.sender(raw) == Sender(name, address)


@pytest.mark.parametrize(
    "raw",
    [
        "admin",
        "@blog.example",
        "admin@",
        "Our Blog",
        "Our Blog <>",
        "a@blog.example, b@blog.example",
        "admin@blog..example",
        "a b@localhost",
        "admin@blog.example\r\nBcc: all@blog.example",
        "Our\nBlog <admin@blog.example>",
    ],
)
def test_no_sender(raw: str) -> None:
    assert_invalid(readers.sender, raw, "admin@blog.example")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("a@blog.example", ("a@blog.example",)),
        ("a@blog.example, B <b@blog.example>,", ("a@blog.example", "b@blog.example")),
    ],
)
def test_addresses(raw: str, found: tuple[str, ...]) -> None:
    assert readers.addresses(raw) == found


def test_one_bad_address_among_good_ones_is_refused() -> None:
    assert_invalid(readers.addresses, "a@blog.example, nobody, c@blog.example", "an email address")


def test_a_folder_is_absolute_and_a_tilde_is_home() -> None:
    assert readers.folder("data") == Path.cwd() / "data"
    assert readers.folder("~/data") == Path.home() / "data"


def test_a_file_must_exist(tmp_path: Path) -> None:
    there = tmp_path / "ca.pem"
    there.touch()
    assert readers.readable_file(str(there)) == there
    assert_invalid(readers.readable_file, str(tmp_path / "none.pem"), "a file that exists")
    assert_invalid(readers.readable_file, str(tmp_path), "a file that exists")


def test_older_keys_are_parted_by_commas_or_spaces() -> None:
    assert readers.secrets("one, two  three,") == (b"one", b"two", b"three")


@pytest.mark.parametrize("setting", [setting for setting in SETTINGS if setting.default], ids=NAME_OF)
def test_every_default_can_be_read(setting: Setting) -> None:
    setting.read(setting.default)


@pytest.mark.parametrize(
    "name",
    [
        "PUBLIC_URL",
        "DATABASE_URL",
        "ADMINS",
        "MAIL_SERVER",
        "MAIL_PORT",
        "MAIL_USE_TLS",
        "MAIL_TIMEOUT",
        "LIMIT_RESET_PER_SITE",
    ],
)
@settings(deadline=None)
@given(raw=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40))
def test_a_reader_answers_any_text_with_a_value_or_with_invalid_value_and_nothing_else(name: str, raw: str) -> None:
    with suppress(InvalidValue):
        BY_NAME[name].read(raw)

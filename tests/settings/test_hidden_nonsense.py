"""Settings that look well and are not: each is refused by name, or read as it was meant."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from microblog.db import sqlite_file
from microblog.settings import SettingsError, load, readers
from microblog.settings.errors import Nonsense

KEY = "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1"
REAL = {"PUBLIC_URL": "https://blog.example", "SECRET_KEY": KEY, "MAIL_SERVER": "mail.example"}


@pytest.mark.parametrize("raw", ["admin@blog.example garbage", "ann@blog.example bob", "a b@blog.example"])
def test_words_beside_an_address_are_no_sender(raw: str) -> None:
    with pytest.raises(Nonsense):
        readers.sender(raw)


@pytest.mark.parametrize("raw", ["postgresql://u:p@db.example:port/blog", "postgresql://u:p@db.example:/blog:x"])
def test_a_database_url_that_cannot_be_parsed_is_refused(raw: str) -> None:
    with pytest.raises(Nonsense):
        make_url(readers.database_url(raw))


@pytest.mark.parametrize("name", ["MICROBLOG_DATA", "MAIL_CA_FILE"])
def test_the_home_of_nobody_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load({"MICROBLOG_DATA": str(tmp_path), name: "~nobody-has-this-name/x"})


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
def test_a_key_may_hold_bytes_that_are_no_text(tmp_path: Path, name: str) -> None:
    load({"MICROBLOG_DATA": str(tmp_path), name: "\udcff" * 40})


def test_a_key_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load({"MICROBLOG_DATA": str(tmp_path)})


@pytest.mark.parametrize(
    "raw", ["https://:pw@blog.example", "https://@blog.example", "https://blog.example:0", "https://blog.exa\nmple"]
)
def test_no_public_url(raw: str) -> None:
    with pytest.raises(Nonsense):
        readers.public_url(raw)


def test_a_list_of_nobody_is_refused() -> None:
    with pytest.raises(Nonsense):
        readers.addresses(",")


def test_a_sender_is_an_address_whoever_signs_in(tmp_path: Path) -> None:
    login = {"MAIL_USERNAME": "a@b@c", "MAIL_PASSWORD": "x", "MAIL_USE_TLS": "yes"}
    assert load({"MICROBLOG_DATA": str(tmp_path), **REAL, **login}).mail.sender.address == "no-reply@blog.example"


def test_all_bad_keys_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"MICROBLOG_DATA": str(tmp_path), **REAL, "SECRET_KEY": "short", "SECRET_KEY_FALLBACKS": "short"})
    assert [problem.name for problem in refused.value.problems] == ["SECRET_KEY", "SECRET_KEY_FALLBACKS"]


def test_nonsense_and_what_is_missing_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"MICROBLOG_DATA": str(tmp_path), "PUBLIC_URL": "https://blog.example", "MAIL_PORT": "smtp"})
    assert {problem.name for problem in refused.value.problems} == {"MAIL_PORT", "SECRET_KEY", "MAIL_SERVER"}


def test_a_rate_too_quick_to_count_is_refused() -> None:
    with pytest.raises(Nonsense):
        readers.rate("2000000/second")


@pytest.mark.parametrize("raw", ["sqlite:///file:x?mode=memory&uri=true"])
def test_a_database_in_memory_is_refused(raw: str) -> None:
    with pytest.raises(Nonsense):
        readers.database_url(raw)


def test_a_data_folder_may_have_any_name(tmp_path: Path) -> None:
    data = tmp_path / "what?"
    assert sqlite_file(load({"MICROBLOG_DATA": str(data)}).database_url) == data / "microblog.db"

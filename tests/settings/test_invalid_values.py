"""Settings that look well and are not: each is refused by name, or read as it was meant."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from microblog.db import sqlite_file
from microblog.settings import SETTINGS, SettingsError, load, readers
from microblog.settings.errors import InvalidValue

KEY = "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1"
REAL = {"PUBLIC_URL": "https://blog.example", "SECRET_KEY": KEY, "MAIL_SERVER": "mail.example"}


@pytest.mark.parametrize("raw", ["admin@blog.example garbage", "ann@blog.example bob", "a b@blog.example"])
def test_words_beside_an_address_are_no_sender(raw: str) -> None:
    with pytest.raises(InvalidValue):
        readers.sender(raw)


@pytest.mark.parametrize("raw", ["postgresql://u:p@db.example:port/blog", "postgresql://u:p@db.example:/blog:x"])
def test_a_database_url_that_cannot_be_parsed_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValue):
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
    with pytest.raises(InvalidValue):
        readers.public_url(raw)


def test_a_list_of_nobody_is_refused() -> None:
    with pytest.raises(InvalidValue):
        readers.addresses(",")


def test_a_sender_is_an_address_whoever_signs_in(tmp_path: Path) -> None:
    login = {"MAIL_USERNAME": "a@b@c", "MAIL_PASSWORD": "x", "MAIL_USE_TLS": "yes"}
    assert load({"MICROBLOG_DATA": str(tmp_path), **REAL, **login}).mail.sender.address == "no-reply@blog.example"


def test_all_bad_keys_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"MICROBLOG_DATA": str(tmp_path), **REAL, "SECRET_KEY": "short", "SECRET_KEY_FALLBACKS": "short"})
    assert [problem.name for problem in refused.value.problems] == ["SECRET_KEY", "SECRET_KEY_FALLBACKS"]


def test_invalid_values_and_what_is_missing_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"MICROBLOG_DATA": str(tmp_path), "PUBLIC_URL": "https://blog.example", "MAIL_PORT": "smtp"})
    assert {problem.name for problem in refused.value.problems} == {"MAIL_PORT", "SECRET_KEY", "MAIL_SERVER"}


def test_a_rate_too_quick_to_count_is_refused() -> None:
    with pytest.raises(InvalidValue):
        readers.rate("2000000/second")


@pytest.mark.parametrize("raw", ["sqlite:///file:x?mode=memory&uri=true"])
def test_a_database_in_memory_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValue):
        readers.database_url(raw)


def test_a_data_folder_may_have_any_name(tmp_path: Path) -> None:
    data = tmp_path / "what?"
    assert sqlite_file(load({"MICROBLOG_DATA": str(data)}).database_url) == data / "microblog.db"


TEXTS = [setting.name for setting in SETTINGS if not setting.any_bytes]
QUOTED = ['"{}"', "'{}'", "`{}`", "“{}”", "„{}“", "‘{}’", "«{}»"]


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_any_setting_in_quotes_is_refused_by_name(tmp_path: Path, name: str) -> None:
    """As `docker --env-file` leaves them."""
    with pytest.raises(SettingsError) as refused:
        load({"MICROBLOG_DATA": str(tmp_path), name: '"abcdefgh"'})
    (said,) = [str(problem) for problem in refused.value.problems if problem.name == name]
    assert "it is in quotes, which count as part of it" in said
    assert "abcdefgh" not in said


@pytest.mark.parametrize("quoted", QUOTED)
def test_quotes_of_every_kind_are_seen(tmp_path: Path, quoted: str) -> None:
    for name in ("MAIL_PASSWORD", "MAIL_USERNAME"):
        with pytest.raises(SettingsError, match=f"{name}: it is in quotes"):
            load({"MICROBLOG_DATA": str(tmp_path), name: quoted.format("open sesame")})


def test_nothing_but_quotes_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MAIL_PASSWORD: it is in quotes"):
        load({"MICROBLOG_DATA": str(tmp_path), "MAIL_PASSWORD": '""'})


@pytest.mark.parametrize("password", ['"', '"open', "open'", "\"open'", 'o"pe"n'])
def test_quotes_that_surround_nothing_belong_to_the_password(tmp_path: Path, password: str) -> None:
    login = {"MAIL_USERNAME": "alice", "MAIL_PASSWORD": password, "MAIL_SERVER": "localhost"}
    assert load({"MICROBLOG_DATA": str(tmp_path), **login}).mail.password == password


def test_a_name_in_quotes_before_an_address_is_a_name(tmp_path: Path) -> None:
    sender = {"MAIL_DEFAULT_SENDER": '"Our Blog" <us@blog.example>', "ADMINS": '"Ann" <ann@blog.example>'}
    assert load({"MICROBLOG_DATA": str(tmp_path), **sender}).mail.sender.name == "Our Blog"


@pytest.mark.parametrize("held", [b'"open sesame"', b'\xef\xbb\xbf"open sesame"\r\n'], ids=["plain", "marked as UTF-8"])
def test_a_file_holds_a_password_with_its_quotes_if_it_has_some(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "password").write_bytes(held)
    login = {"MAIL_USERNAME": "alice", "MAIL_PASSWORD_FILE": str(tmp_path / "password"), "MAIL_SERVER": "localhost"}
    assert load({"MICROBLOG_DATA": str(tmp_path), **login}).mail.password == '"open sesame"'


@pytest.mark.parametrize("name", TEXTS)
def test_bytes_that_are_no_text_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: it is not UTF-8"):
        load({"MICROBLOG_DATA": str(tmp_path), name: "caf\udce9"})


def test_a_password_with_a_control_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"open\0sesame")
    login = {"MAIL_USERNAME": "alice", "MAIL_PASSWORD_FILE": str(tmp_path / "password"), "MAIL_SERVER": "localhost"}
    with pytest.raises(SettingsError, match="MAIL_PASSWORD_FILE: it has control characters") as refused:
        load({"MICROBLOG_DATA": str(tmp_path), **login})
    assert "sesame" not in str(refused.value)


def test_a_password_in_the_query_of_the_database_is_a_secret_too(tmp_path: Path) -> None:
    url = "postgresql://db.example/blog?user=blog&password=pa55word&sslpassword=0ther"
    assert {"pa55word", "0ther"} <= set(load({"MICROBLOG_DATA": str(tmp_path), "DATABASE_URL": url}).secrets)

"""What the start says: where things are, and what is allowed and yet probably not meant."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from microblog.banner import startup_message, startup_notes
from microblog.settings import Settings, load

REAL = {
    "PUBLIC_URL": "https://blog.example",
    "SECRET_KEY": "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1",
    "MAIL_SERVER": "mail.example",
    "TRUSTED_PROXIES": "1",
    "ADMINS": "ann@blog.example",
}
PASSWORD = "v3ry-s3cret-m4il-w0rd"


def settings_of(data: Path, environ: Mapping[str, str]) -> Settings:
    return load({"MICROBLOG_DATA": str(data), **environ})


def test_a_trial_says_where_the_site_the_mailbox_and_the_database_are(tmp_path: Path) -> None:
    assert startup_message(settings_of(tmp_path, {}), "127.0.0.1", None).splitlines() == [
        "Microblog is running, in demo mode on this computer.",
        "  Site      http://localhost:5000",
        "  Mailbox   http://localhost:5000/mailbox (emails stay on this computer)",
        f"  Database  SQLite, {tmp_path}/microblog.db",
        "Stop with Ctrl-C.",
    ]


def test_a_real_site_says_where_it_listens_and_how_letters_leave(tmp_path: Path) -> None:
    login = {"MAIL_USE_TLS": "yes", "MAIL_USERNAME": "apikey", "MAIL_PASSWORD": PASSWORD}
    database = {"DATABASE_URL": f"postgresql://u:{PASSWORD}@db.example/blog"}
    assert startup_message(settings_of(tmp_path, {**REAL, **login, **database}), "127.0.0.1", 8000).splitlines() == [
        "Microblog is running.",
        "  Site      https://blog.example",
        "  Listens   127.0.0.1:8000, for the proxy that does TLS",
        "  Mail      by mail.example:587 (STARTTLS), from ann@blog.example",
        "  Database  PostgreSQL",
        "Stop with Ctrl-C.",
    ]


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({}, "by localhost:25 (no TLS)"),
        ({"MAIL_USE_TLS": "yes"}, "by localhost:587 (STARTTLS)"),
        ({"MAIL_USE_SSL": "yes"}, "by localhost:465 (TLS)"),
    ],
)
def test_how_letters_leave(tmp_path: Path, environ: Mapping[str, str], way: str) -> None:
    assert way in startup_message(settings_of(tmp_path, {"MAIL_SERVER": "localhost", **environ}), "127.0.0.1", None)


@pytest.mark.parametrize("environ", [{}, REAL], ids=["trial", "real site"])
def test_there_is_nothing_to_note_where_all_is_as_it_should_be(tmp_path: Path, environ: Mapping[str, str]) -> None:
    others = {"MAILCHECK": "60", "PATH": "/bin", "SECRET_KEY_FILE": "", "MAIL_PASSWORD_FILE": "", "MY_LIMIT_": ""}
    assert startup_notes(settings_of(tmp_path, environ), {**environ, **others, "LIMIT_RESET_PER_SITE": "off"}) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MAIL_SEVER", "MAIL_SERVER"),
        ("MAIL_USE_TSL", "MAIL_USE_TLS"),
        ("MAIL_PASSWORD_FIEL", "MAIL_PASSWORD_FILE"),
        ("LIMIT_RESET_PER_IDENTIFYER", "LIMIT_RESET_PER_IDENTIFIER"),
        ("MICROBLOG_DATE", "MICROBLOG_DATA"),
    ],
)
def test_a_misspelt_setting_is_noted_with_the_one_that_was_meant(tmp_path: Path, name: str, meant: str) -> None:
    found = startup_notes(settings_of(tmp_path, {}), {name: PASSWORD})
    assert found == [f"{name} is not a setting. Did you mean {meant}?"]


def test_a_name_like_no_setting_is_noted_without_a_guess(tmp_path: Path) -> None:
    assert startup_notes(settings_of(tmp_path, {}), {"MAIL_ZZZZZZZZZZZZ": "1"}) == [
        "MAIL_ZZZZZZZZZZZZ is not a setting."
    ]


def test_a_setting_that_is_no_secret_cannot_come_from_a_file(tmp_path: Path) -> None:
    [found] = startup_notes(settings_of(tmp_path, {}), {"MAIL_SERVER_FILE": "/run/secrets/server"})
    assert found.startswith("MAIL_SERVER_FILE is not a setting.")


@pytest.mark.parametrize(
    ("name", "words"), [("TRUSTED_PROXIES", "TRUSTED_PROXIES is 0."), ("ADMINS", "ADMINS is not set")]
)
def test_a_real_site_is_told_what_it_may_have_forgotten(tmp_path: Path, name: str, words: str) -> None:
    settings = settings_of(tmp_path, {key: value for key, value in REAL.items() if key != name})
    [found] = startup_notes(settings, {})
    assert words in found


def test_the_environment_of_the_process_is_looked_at_when_no_other_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_SEVER", "mail.example")
    assert "MAIL_SEVER is not a setting. Did you mean MAIL_SERVER?" in startup_notes(settings_of(tmp_path, {}))

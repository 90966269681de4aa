"""MAIL_PROVIDER: one word fills in server, port and TLS; what is set beside it counts, or is refused by name."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from microblog.banner import startup_message
from microblog.settings import MailSettings, SettingsError, load
from microblog.settings.providers import PROVIDERS, provider_for

PASSWORD = "v3ry-s3cret-m4il-w0rd"
LOGIN = {"MAIL_USERNAME": "ann@blog.example", "MAIL_PASSWORD": PASSWORD}
SES = {"MAIL_SERVER": "email-smtp.eu-west-1.amazonaws.com"}


def mail(environ: Mapping[str, str], data: Path) -> MailSettings:
    return load({"MICROBLOG_DATA": str(data), **environ}).mail


def way(environ: Mapping[str, str], data: Path) -> tuple[str, int, bool, bool]:
    found = mail(environ, data)
    return found.server, found.port, found.starttls, found.implicit_tls


def refused(environ: Mapping[str, str], data: Path) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as stopped:
        load({"MICROBLOG_DATA": str(data), **environ})
    assert PASSWORD not in str(stopped.value)
    return [(problem.name, f"{problem.wrong}; {problem.should}") for problem in stopped.value.problems]


FILLED = {
    "gmail": ("smtp.gmail.com", 587),
    "sendgrid": ("smtp.sendgrid.net", 587),
    "mailgun": ("smtp.mailgun.org", 587),
    "mailgun-eu": ("smtp.eu.mailgun.org", 587),
    "postmark": ("smtp.postmarkapp.com", 587),
    "brevo": ("smtp-relay.brevo.com", 587),
    "microsoft365": ("smtp.office365.com", 587),
}


def test_every_provider_is_tested() -> None:
    assert {*FILLED, "ses"} == set(PROVIDERS)


@pytest.mark.parametrize("word", FILLED)
def test_a_word_and_a_login_are_enough(tmp_path: Path, word: str) -> None:
    login = LOGIN | ({"MAIL_USERNAME": "apikey"} if word == "sendgrid" else {})
    assert way({"MAIL_PROVIDER": word, **login}, tmp_path) == (*FILLED[word], True, False)


def test_amazon_is_told_the_region_by_its_server(tmp_path: Path) -> None:
    assert way({"MAIL_PROVIDER": "ses", **SES, **LOGIN}, tmp_path) == (SES["MAIL_SERVER"], 587, True, False)


@pytest.mark.parametrize("word", ["sendgrid", "postmark"])
def test_who_is_known_by_the_password_alone_needs_no_user_name(tmp_path: Path, word: str) -> None:
    found = mail({"MAIL_PROVIDER": word, "MAIL_PASSWORD": PASSWORD}, tmp_path)
    assert (found.username, found.password) == ({"sendgrid": "apikey", "postmark": PASSWORD}[word], PASSWORD)
    assert PASSWORD not in repr(found)


def test_a_user_name_of_postmark_may_be_another_than_the_password(tmp_path: Path) -> None:
    assert mail({"MAIL_PROVIDER": "postmark", **LOGIN}, tmp_path).username == LOGIN["MAIL_USERNAME"]


BESIDE = [
    ({"MAIL_USE_SSL": "yes"}, ("smtp.mailgun.org", 465, False, True)),
    ({"MAIL_PORT": "465"}, ("smtp.mailgun.org", 465, False, True)),
    ({"MAIL_PORT": "465", "MAIL_USE_TLS": "no"}, ("smtp.mailgun.org", 465, False, True)),
    ({"MAIL_PORT": "2525"}, ("smtp.mailgun.org", 2525, True, False)),
    ({"MAIL_USE_TLS": "yes"}, ("smtp.mailgun.org", 587, True, False)),
    ({"MAIL_SERVER": "smtp.eu.mailgun.org"}, ("smtp.eu.mailgun.org", 587, True, False)),
    ({"MAIL_SERVER": "localhost", "MAIL_PORT": "1587"}, ("localhost", 1587, True, False)),
    ({"MAIL_SERVER": "localhost", "MAIL_PORT": "1587", "MAIL_USE_TLS": "no"}, ("localhost", 1587, False, False)),
    ({"MAIL_SERVER": "localhost", "MAIL_PORT": "1465", "MAIL_USE_SSL": "yes"}, ("localhost", 1465, False, True)),
]


@pytest.mark.parametrize(("beside", "expected"), BESIDE)
def test_what_is_set_beside_it_counts(
    tmp_path: Path, beside: Mapping[str, str], expected: tuple[str, int, bool, bool]
) -> None:
    assert way({"MAIL_PROVIDER": "mailgun", **LOGIN, **beside}, tmp_path) == expected


REFUSED = [
    ("ses", {}, "MAIL_SERVER", "has one for each region; email-smtp.REGION.amazonaws.com"),
    ("gmail", {"MAIL_SERVER": "smtp.sendgrid.net"}, "MAIL_SERVER", "not a server of Gmail; unset, or smtp.gmail.com"),
    ("ses", {"MAIL_SERVER": "smtp.amazonaws.com"}, "MAIL_SERVER", "not a server of Amazon SES; unset, or email-smtp.R"),
    ("mailgun-eu", {"MAIL_SERVER": "smtp.mailgun.org"}, "MAIL_SERVER", "not a server of Mailgun (EU)"),
    ("mailgun", {"MAIL_PORT": "1025"}, "MAIL_PORT", "does not listen; unset, or 587 or 2525 or 25"),
    (
        "mailgun",
        {"MAIL_PORT": "465", "MAIL_USE_TLS": "yes"},
        "MAIL_PORT",
        "speaks TLS from the first byte, and STARTTLS",
    ),
    ("mailgun", {"MAIL_PORT": "587", "MAIL_USE_SSL": "yes"}, "MAIL_PORT", "speaks STARTTLS, and TLS from the first"),
    ("postmark", {"MAIL_USE_SSL": "yes"}, "MAIL_USE_SSL", "Postmark offers STARTTLS only; unset"),
    ("microsoft365", {"MAIL_PORT": "465"}, "MAIL_PORT", "Microsoft 365 does not listen"),
    ("gmail", {"MAIL_USE_TLS": "no"}, "MAIL_USE_TLS", "smtp.gmail.com would be sent the password in the clear"),
    ("gmail", {"MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1"}, "MAIL_USE_TLS", "so is MAIL_USE_SSL"),
    ("sendgrid", {}, "MAIL_USERNAME", "SendGrid knows one user name for everybody; the word apikey, or unset"),
    ("gmail", {"MAIL_USERNAME": ""}, "MAIL_USERNAME", "Gmail asks for a login; the whole Gmail address"),
    ("gmail", {"MAIL_PASSWORD": ""}, "MAIL_PASSWORD", "Gmail asks for a login; an app password"),
    ("postmark", {"MAIL_USERNAME": "", "MAIL_PASSWORD": ""}, "MAIL_PASSWORD", "the server's API token"),
]


@pytest.mark.parametrize(("word", "beside", "name", "words"), REFUSED)
def test_what_contradicts_it_is_refused_by_name(
    tmp_path: Path, word: str, beside: Mapping[str, str], name: str, words: str
) -> None:
    [(refused_name, said)] = refused({"MAIL_PROVIDER": word, **LOGIN, **beside}, tmp_path)
    assert refused_name == name
    assert words in said


def test_an_unknown_word_is_the_only_thing_complained_of(tmp_path: Path) -> None:
    [(name, said)] = refused({"MAIL_PROVIDER": "hotmail", **LOGIN}, tmp_path)
    assert (name, said.partition(";")[0]) == ("MAIL_PROVIDER", "it is 'hotmail'")
    assert all(word in said for word in PROVIDERS)


def test_a_setting_that_cannot_be_read_is_complained_of_once(tmp_path: Path) -> None:
    for name in ("MAIL_PORT", "MAIL_USE_TLS", "MAIL_USE_SSL", "MAIL_SERVER"):
        assert [one for one, _ in refused({"MAIL_PROVIDER": "gmail", **LOGIN, name: "?"}, tmp_path)] == [name]


def test_a_real_site_is_served_by_a_word_too_and_the_start_says_how(tmp_path: Path) -> None:
    key = {"SECRET_KEY": "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1", "PUBLIC_URL": "https://blog.example"}
    settings = load({"MICROBLOG_DATA": str(tmp_path), "MAIL_PROVIDER": "brevo", **key, **LOGIN})
    shown = startup_message(settings, "127.0.0.1", None)
    assert "by smtp-relay.brevo.com:587 (STARTTLS), from ann@blog.example" in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize(
    ("word", "server", "name"),
    [
        ("gmail", "localhost", "Gmail"),
        ("", "smtp.googlemail.com", "Gmail"),
        ("", "smtp.eu.mailgun.org", "Mailgun"),
        ("", "email-smtp.us-east-1.amazonaws.com", "Amazon SES"),
        ("", "mail.blog.example", None),
        ("", "smtp.gmail.com.evil.example", None),
    ],
)
def test_a_provider_is_known_by_its_word_or_its_server(word: str, server: str, name: str | None) -> None:
    found = provider_for(word, server)
    assert (found.name if found else None) == name

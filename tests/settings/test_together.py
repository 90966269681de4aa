"""Settings that make sense alone and not together, and what each of them decides when it is unset."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from microblog.settings import Sender, SettingsError, load

KEY = "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1"
PASSWORD = "v3ry-s3cret-m4il-w0rd"
LOGIN = {"MAIL_USERNAME": "apikey", "MAIL_PASSWORD": PASSWORD}
REAL = {"PUBLIC_URL": "https://blog.example", "SECRET_KEY": KEY, "MAIL_SERVER": "mail.example"}
REAL_ADDRESS = {**REAL, "PUBLIC_URL": "https://192.0.2.7"}
TRIAL_MAIL = {"MAIL_SERVER": "mail.example"}


def refused(environ: Mapping[str, str], data: Path) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as stopped:
        load({"MICROBLOG_DATA": str(data), **environ})
    assert not data.exists(), "a refused start leaves nothing behind"
    return [(problem.name, f"{problem.wrong}; {problem.should}") for problem in stopped.value.problems]


NOT_TOGETHER = [
    ({**TRIAL_MAIL, "MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1"}, "MAIL_USE_TLS", "so is MAIL_USE_SSL"),
    ({**TRIAL_MAIL, "MAIL_USERNAME": "apikey"}, "MAIL_PASSWORD", "but MAIL_USERNAME is"),
    ({**TRIAL_MAIL, "MAIL_PASSWORD": PASSWORD, "MAIL_USE_TLS": "1"}, "MAIL_USERNAME", "but MAIL_PASSWORD is"),
    ({**TRIAL_MAIL, **LOGIN}, "MAIL_USE_TLS", "mail.example would be sent the password in the clear"),
    ({**REAL, **LOGIN}, "MAIL_USE_TLS", "mail.example would be sent the password in the clear"),
    ({**REAL, **LOGIN, "MAIL_SERVER": "192.0.2.25"}, "MAIL_USE_TLS", "in the clear"),
    ({"MAIL_PORT": "2525"}, "MAIL_SERVER", "but MAIL_PORT is"),
    ({"MAIL_USE_TLS": "yes"}, "MAIL_SERVER", "but MAIL_USE_TLS is"),
    ({"MAIL_USE_SSL": "yes"}, "MAIL_SERVER", "but MAIL_USE_SSL is"),
    ({**LOGIN}, "MAIL_SERVER", "but MAIL_USERNAME is"),
    ({**REAL, "MAIL_SERVER": ""}, "MAIL_SERVER", "no member of https://blog.example would ever get an email"),
    ({**REAL, "SECRET_KEY": ""}, "SECRET_KEY", "a real site needs one"),
    ({**REAL, "SECRET_KEY": KEY[:31]}, "SECRET_KEY", "it has 31 bytes"),
    ({**REAL, "SECRET_KEY": "abcdefg" * 9}, "SECRET_KEY", "an example or a pattern"),
    ({**REAL, "SECRET_KEY": "you-will-never-guess-" * 3}, "SECRET_KEY", "an example or a pattern"),
    ({**REAL, "SECRET_KEY": f"django-insecure-{KEY}"}, "SECRET_KEY", "an example or a pattern"),
    ({**REAL, "SECRET_KEY": f"{KEY}-ChangeMe"}, "SECRET_KEY", "an example or a pattern"),
    ({**REAL, "SECRET_KEY": f"{KEY}-change-me"}, "SECRET_KEY", "an example or a pattern"),
    ({**REAL, "SECRET_KEY": f"{KEY}-change_me"}, "SECRET_KEY", "an example or a pattern"),
    (
        {**REAL, "SECRET_KEY": "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf"},
        "SECRET_KEY",
        "an example or a pattern",
    ),
    ({**REAL, "SECRET_KEY_FALLBACKS": f"{KEY},short"}, "SECRET_KEY_FALLBACKS", "too short"),
    ({"METRICS_TOKEN": "fifteen letters"}, "METRICS_TOKEN", "so short that it can be guessed; 16 characters"),
    ({**REAL, "METRICS_TOKEN": "a"}, "METRICS_TOKEN", "so short that it can be guessed"),
    ({**REAL_ADDRESS}, "MAIL_DEFAULT_SENDER", "192.0.2.7 is not a domain to send emails from"),
    ({**REAL, "PUBLIC_URL": "https://intranet"}, "MAIL_DEFAULT_SENDER", "intranet is not a domain"),
]


@pytest.mark.parametrize(("environ", "name", "words"), NOT_TOGETHER)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, environ: Mapping[str, str], name: str, words: str
) -> None:
    [(refused_name, said)] = refused(environ, tmp_path / "data")
    assert refused_name == name
    assert words in said


TOGETHER = [
    {**TRIAL_MAIL},
    {**TRIAL_MAIL, **LOGIN, "MAIL_USE_TLS": "yes"},
    {**TRIAL_MAIL, **LOGIN, "MAIL_USE_SSL": "yes"},
    {**LOGIN, "MAIL_SERVER": "localhost"},
    {**LOGIN, "MAIL_SERVER": "127.0.0.1"},
    {**LOGIN, "MAIL_SERVER": "::1"},
    {"SECRET_KEY": "short"},
    {"METRICS_TOKEN": "sixteen letters!"},
    {"SECRET_KEY_FALLBACKS": "short"},
    {**REAL},
    {**REAL, "SECRET_KEY": "é" * 8 + KEY[:16]},
    {**REAL, "SECRET_KEY_FALLBACKS": KEY[::-1]},
    {**REAL_ADDRESS, "ADMINS": "ann@blog.example"},
    {**REAL_ADDRESS, "MAIL_DEFAULT_SENDER": "ann@blog.example"},
]


@pytest.mark.parametrize("environ", TOGETHER)
def test_what_goes_together_is_taken(tmp_path: Path, environ: Mapping[str, str]) -> None:
    load({"MICROBLOG_DATA": str(tmp_path), **environ})


@pytest.mark.parametrize(
    ("public_url", "trial"),
    [
        ("", True),
        ("http://localhost:5000", True),
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("https://blog.example", False),
        ("https://localhost.example", False),
    ],
)
def test_trial_and_real_site_differ_by_the_public_url_alone(tmp_path: Path, public_url: str, trial: bool) -> None:
    rest = {**REAL, **LOGIN, "MAIL_USE_TLS": "yes", "ADMINS": "ann@blog.example"}
    settings = load({"MICROBLOG_DATA": str(tmp_path), **rest, "PUBLIC_URL": public_url})
    assert settings.trial is trial


@pytest.mark.parametrize("name", ["SECRET_KEY", "MAIL_SERVER"])
def test_a_trial_does_without_what_a_real_site_needs(tmp_path: Path, name: str) -> None:
    without = {key: value for key, value in REAL.items() if key != name}
    assert [one for one, _ in refused(without, tmp_path / "data")] == [name]
    assert load({"MICROBLOG_DATA": str(tmp_path), **without, "PUBLIC_URL": "http://localhost:5000"}).trial


@pytest.mark.parametrize(
    ("environ", "sender"),
    [
        ({"PUBLIC_URL": "http://127.0.0.1:5000"}, Sender("Microblog", "no-reply@localhost")),
        (REAL, Sender("Microblog", "no-reply@blog.example")),
        ({**REAL, **LOGIN}, Sender("Microblog", "no-reply@blog.example")),
        ({**REAL, **LOGIN, "MAIL_USERNAME": "ann@mail.example"}, Sender("Microblog", "ann@mail.example")),
        (
            {**REAL, **LOGIN, "MAIL_USERNAME": "ann@mail.example", "ADMINS": "bob@blog.example, eve@blog.example"},
            Sender("Microblog", "bob@blog.example"),
        ),
        (
            {**REAL, "ADMINS": "bob@blog.example", "MAIL_DEFAULT_SENDER": "Our Blog <news@blog.example>"},
            Sender("Our Blog", "news@blog.example"),
        ),
    ],
)
def test_who_letters_come_from(tmp_path: Path, environ: Mapping[str, str], sender: Sender) -> None:
    settings = load({"MICROBLOG_DATA": str(tmp_path), "MAIL_USE_SSL": "yes", "MAIL_SERVER": "mail.example", **environ})
    assert settings.mail.sender == sender


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({}, 25),
        ({"MAIL_USE_TLS": "yes"}, 587),
        ({"MAIL_USE_SSL": "yes"}, 465),
        ({"MAIL_USE_TLS": "yes", "MAIL_PORT": "2525"}, 2525),
    ],
)
def test_the_mail_port_follows_the_kind_of_tls(tmp_path: Path, environ: Mapping[str, str], port: int) -> None:
    assert load({"MICROBLOG_DATA": str(tmp_path), **TRIAL_MAIL, **environ}).mail.port == port


def test_each_purpose_has_keys_of_its_own_in_the_order_of_the_settings(tmp_path: Path) -> None:
    environ = {"MICROBLOG_DATA": str(tmp_path), **REAL}
    before = load(environ).keys("links")
    after = load({**environ, "SECRET_KEY": KEY[::-1], "SECRET_KEY_FALLBACKS": KEY})
    assert after.keys("links")[1:] == before
    assert len({*after.keys("links"), *after.keys("limits"), KEY.encode(), KEY[::-1].encode()}) == 6
    assert {len(key) for key in after.keys("links")} == {32}


def test_a_restore_from_a_backup_ends_the_keys_of_every_purpose_but_four(tmp_path: Path) -> None:
    before = load({"MICROBLOG_DATA": str(tmp_path), **REAL})
    first, second = (replace(before, generation=word) for word in ("one", "two"))
    for purpose in ("session", "reset_password", "known_browser", "a kind of link that is added later"):
        assert not {*before.keys(purpose), *first.keys(purpose)} & {*second.keys(purpose)}
        assert before.keys(purpose) != first.keys(purpose)
    for purpose in ("events", "limits", "recovery codes", "unsubscribe"):
        assert before.keys(purpose) == first.keys(purpose) == second.keys(purpose)

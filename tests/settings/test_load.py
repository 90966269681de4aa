"""Every setting is read once, and what makes no sense stops the start: by name, and never showing a secret."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from microblog.settings import BY_NAME, MailSettings, PublicUrl, Rate, Sender, Settings, SettingsError, load
from microblog.settings.limits import LimitSettings

KEY = "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1"
OLD_KEY = "q8WzN2xKv6TjLr4YhBf9DcSm3GpUa7Ee"
PASSWORD = "v3ry-s3cret-m4il-w0rd"


@pytest.fixture
def trial(tmp_path: Path) -> Mapping[str, str]:
    """The settings of a trial: nothing but where its data goes."""
    return {"MICROBLOG_DATA": str(tmp_path / "data")}


@pytest.fixture
def real(trial: Mapping[str, str]) -> Mapping[str, str]:
    """The least that a real site needs."""
    return {**trial, "PUBLIC_URL": "https://blog.example", "SECRET_KEY": KEY, "MAIL_SERVER": "mail.example"}


def refusals(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return the name, what is wrong and what it should be, of each problem."""
    with pytest.raises(SettingsError) as refused:
        load(environ)
    for problem in refused.value.problems:
        assert str(refused.value).count(f"{problem.name}: {problem.wrong}. It should be {problem.should}.") == 1
    return [(problem.name, problem.wrong, problem.should) for problem in refused.value.problems]


def refused_names(environ: Mapping[str, str]) -> list[str]:
    return [name for name, _, _ in refusals(environ)]


def test_every_setting_is_read(tmp_path: Path, authority_file: Path) -> None:
    environ = {
        "PUBLIC_URL": "https://blog.example:8443",
        "MICROBLOG_DATA": str(tmp_path / "data"),
        "DATABASE_URL": "postgresql://u:p@db.example/blog",
        "SECRET_KEY": KEY,
        "SECRET_KEY_FALLBACKS": f"{OLD_KEY}, {OLD_KEY[::-1]}",
        "TRUSTED_PROXIES": "2",
        "WEB_PROCESSES": "3",
        "ADMINS": "ann@blog.example, Bob <bob@blog.example>",
        "MAIL_PROVIDER": "SendGrid",
        "MAIL_SERVER": "SMTP.SendGrid.net",
        "MAIL_PORT": "465",
        "MAIL_USE_TLS": "false",
        "MAIL_USE_SSL": "on",
        "MAIL_USERNAME": "apikey",
        "MAIL_PASSWORD": PASSWORD,
        "MAIL_DEFAULT_SENDER": "Our Blog <news@blog.example>",
        "MAIL_TIMEOUT": "7.5",
        "MAIL_CA_FILE": str(authority_file),
        "MAIL_CONNECTIONS": "7",
        "MAIL_RATE": "500/day",
        "MAIL_DOWN_MINUTES": "15",
        "MAIL_KEEP_DAYS": "90",
        "METRICS_TOKEN": "a token for the metrics",
        "RESET_LINK_MINUTES": "20",
        "PASSWORD_MIN_LENGTH": "8",
        "LIMIT_RESET_PER_IDENTIFIER": "1/second",
        "LIMIT_RESET_PER_ACCOUNT": "9/minute",
        "LIMIT_RESET_TRIES_PER_ACCOUNT": "10/hour",
        "LIMIT_RESET_PER_CLIENT": "2/minute",
        "LIMIT_RESET_PER_SITE": "3/hour",
        "LIMIT_RECOVERY_CODE_PER_IDENTIFIER": "9/second",
        "LIMIT_RECOVERY_CODE_PER_CLIENT": "10/minute",
        "LIMIT_RECOVERY_CODE_PER_SITE": "11/hour",
        "LIMIT_SECOND_ADDRESS_PER_IDENTIFIER": "12/second",
        "LIMIT_SECOND_ADDRESS_PER_MEMBER": "13/minute",
        "LIMIT_SIGN_IN_PER_IDENTIFIER": "4/day",
        "LIMIT_SIGN_IN_PER_ACCOUNT": "9/hour",
        "LIMIT_SIGN_IN_PER_CLIENT": "off",
        "LIMIT_SIGN_UP_PER_IDENTIFIER": "6/second",
        "LIMIT_SIGN_UP_PER_CLIENT": "7/minute",
        "LIMIT_SIGN_UP_PER_SITE": "8/hour",
        "LIMIT_POSTS_PER_MEMBER": "9/day",
        "LIMIT_FOLLOWS_PER_MEMBER": "10/second",
    }
    assert set(environ) == set(BY_NAME)
    assert load(environ) == Settings(
        public_url=PublicUrl("https", "blog.example", 8443),
        data=tmp_path / "data",
        database_url="postgresql+psycopg://u:p@db.example/blog",
        secret_key=KEY.encode(),
        secret_key_fallbacks=(OLD_KEY.encode(), OLD_KEY[::-1].encode()),
        trusted_proxies=2,
        web_processes=3,
        admins=("ann@blog.example", "bob@blog.example"),
        mail=MailSettings(
            server="smtp.sendgrid.net",
            port=465,
            starttls=False,
            implicit_tls=True,
            username="apikey",
            password=PASSWORD,
            sender=Sender("Our Blog", "news@blog.example"),
            timeout=7.5,
            ca_file=authority_file,
            connections=7,
            rate=Rate(500, 86400),
            keep=timedelta(days=90),
            down_after=timedelta(minutes=15),
            provider="sendgrid",
        ),
        metrics_token="a token for the metrics",
        reset_link_minutes=20,
        password_min_length=8,
        limits=LimitSettings(
            reset_per_identifier=Rate(1, 1),
            reset_per_account=Rate(9, 60),
            reset_tries_per_account=Rate(10, 3600),
            reset_per_client=Rate(2, 60),
            reset_per_site=Rate(3, 3600),
            recovery_code_per_identifier=Rate(9, 1),
            recovery_code_per_client=Rate(10, 60),
            recovery_code_per_site=Rate(11, 3600),
            second_address_per_identifier=Rate(12, 1),
            second_address_per_member=Rate(13, 60),
            sign_in_per_identifier=Rate(4, 86400),
            sign_in_per_account=Rate(9, 3600),
            sign_in_per_client=Rate(None, 1),
            sign_up_per_identifier=Rate(6, 1),
            sign_up_per_client=Rate(7, 60),
            sign_up_per_site=Rate(8, 3600),
            posts_per_member=Rate(9, 86400),
            follows_per_member=Rate(10, 1),
        ),
    )


def test_a_trial_needs_no_settings_but_a_folder(trial: Mapping[str, str]) -> None:
    settings = load(trial)
    assert settings.trial
    assert str(settings.public_url) == "http://localhost:5000"
    assert settings.database_url == f"sqlite:///{settings.data}/microblog.db"
    assert settings.mailbox == settings.data / "mailbox"
    assert settings.mail == MailSettings(port=25, sender=Sender("Microblog", "no-reply@localhost"))
    assert (settings.trusted_proxies, settings.admins, settings.secret_key_fallbacks) == (0, (), ())
    assert (settings.reset_link_minutes, settings.password_min_length) == (10, 12)


def test_the_environment_of_the_process_is_read_when_no_other_is_given(
    trial: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROBLOG_DATA", trial["MICROBLOG_DATA"])
    monkeypatch.setenv("RESET_LINK_MINUTES", "33")
    assert load().reset_link_minutes == 33


def test_the_address_of_a_trial_follows_the_port_of_the_command_line(trial: Mapping[str, str]) -> None:
    assert str(load(trial, port=8080).public_url) == "http://localhost:8080"
    assert str(load({**trial, "PUBLIC_URL": "http://localhost:5001"}, port=8080).public_url) == "http://localhost:5001"


def test_an_empty_value_means_unset(trial: Mapping[str, str]) -> None:
    empty = dict.fromkeys(
        ["PUBLIC_URL", "SECRET_KEY", "SECRET_KEY_FILE", "MAIL_SERVER", "MAIL_PORT", "MAIL_USE_TLS"], ""
    )
    settings = load({**trial, **empty, "MAIL_TIMEOUT": "  ", "ADMINS": "\t"})
    assert settings == load(trial)


def test_a_value_may_have_spaces_around_it(trial: Mapping[str, str]) -> None:
    assert load({**trial, "RESET_LINK_MINUTES": " 20 "}).reset_link_minutes == 20


INVALID = [
    ("PUBLIC_URL", "blog.example", "such as https://blog.example"),
    ("PUBLIC_URL", "http://blog.example", "plain http is for demo mode on this computer"),
    ("TRUSTED_PROXIES", "11", "a whole number from 0 to 10"),
    ("ADMINS", "nobody", "an email address"),
    ("MAIL_PROVIDER", "hotmail", "gmail, sendgrid, mailgun, mailgun-eu, postmark, ses, brevo or microsoft365"),
    ("MAIL_SERVER", "smtp://mail.example", "a host name or address alone"),
    ("MAIL_PORT", "smtp", "a whole number from 1 to 65535"),
    ("MAIL_USE_TLS", "perhaps", "yes or no"),
    ("MAIL_USE_SSL", "perhaps", "yes or no"),
    ("MAIL_DEFAULT_SENDER", "nobody", "an email address"),
    ("MAIL_TIMEOUT", "long", "a number of seconds"),
    ("MAIL_CA_FILE", "/nowhere/ca.pem", "a file that exists"),
    ("RESET_LINK_MINUTES", "1441", "a whole number from 1 to 1440"),
    ("PASSWORD_MIN_LENGTH", "7", "a whole number from 8 to 128"),
    ("LIMIT_RESET_PER_IDENTIFIER", "often", 'like "5/hour"'),
    ("LIMIT_RESET_PER_ACCOUNT", "often", 'like "5/hour"'),
    ("LIMIT_RESET_TRIES_PER_ACCOUNT", "often", 'like "5/hour"'),
    ("LIMIT_RESET_PER_CLIENT", "often", 'like "5/hour"'),
    ("LIMIT_RESET_PER_SITE", "often", 'like "5/hour"'),
    ("LIMIT_RECOVERY_CODE_PER_IDENTIFIER", "often", 'like "5/hour"'),
    ("LIMIT_RECOVERY_CODE_PER_CLIENT", "often", 'like "5/hour"'),
    ("LIMIT_RECOVERY_CODE_PER_SITE", "often", 'like "5/hour"'),
    ("LIMIT_SECOND_ADDRESS_PER_IDENTIFIER", "often", 'like "5/hour"'),
    ("LIMIT_SECOND_ADDRESS_PER_MEMBER", "often", 'like "5/hour"'),
    ("LIMIT_SIGN_IN_PER_IDENTIFIER", "often", 'like "5/hour"'),
    ("LIMIT_SIGN_IN_PER_CLIENT", "often", 'like "5/hour"'),
    ("LIMIT_SIGN_IN_PER_ACCOUNT", "often", 'like "5/hour"'),
    ("LIMIT_SIGN_UP_PER_IDENTIFIER", "often", 'like "5/hour"'),
    ("LIMIT_SIGN_UP_PER_CLIENT", "often", 'like "5/hour"'),
    ("LIMIT_SIGN_UP_PER_SITE", "often", 'like "5/hour"'),
]


@pytest.mark.parametrize(("name", "raw", "should"), INVALID)
def test_a_refusal_names_the_setting_what_it_got_and_what_it_should_be(
    trial: Mapping[str, str], name: str, raw: str, should: str
) -> None:
    [(refused, wrong, advice)] = refusals({**trial, name: raw})
    assert (refused, wrong) == (name, f"it is {raw!r}")
    assert should in advice


def test_all_problems_are_told_at_once(trial: Mapping[str, str]) -> None:
    environ = {**trial, "MAIL_PORT": "smtp", "DATABASE_URL": "mysql://db", "ADMINS": "nobody", "MAIL_TIMEOUT": "0"}
    assert refused_names(environ) == ["DATABASE_URL", "ADMINS", "MAIL_PORT", "MAIL_TIMEOUT"]


def test_all_that_does_not_go_together_is_told_at_once(trial: Mapping[str, str]) -> None:
    both = {"MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1", "MAIL_USERNAME": "apikey"}
    environ = {**trial, "PUBLIC_URL": "https://192.0.2.7", **both}
    assert refused_names(environ) == [
        "SECRET_KEY",
        "MAIL_SERVER",
        "MAIL_USE_TLS",
        "MAIL_PASSWORD",
        "MAIL_DEFAULT_SENDER",
    ]


def test_a_long_value_is_not_repeated_whole(trial: Mapping[str, str]) -> None:
    [(_, wrong, _)] = refusals({**trial, "MAIL_PORT": "7" * 5000})
    assert len(wrong) < 100


@pytest.fixture(params=["SECRET_KEY", "SECRET_KEY_FALLBACKS", "MAIL_PASSWORD", "DATABASE_URL"])
def secret(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The name of a setting that is a secret, and a good value for it."""
    good = {"MAIL_PASSWORD": PASSWORD, "DATABASE_URL": "sqlite:////var/lib/other.db"}
    return request.param, good.get(request.param, OLD_KEY)


def test_a_secret_may_come_from_a_file(real: Mapping[str, str], secret: tuple[str, str], tmp_path: Path) -> None:
    name, value = secret
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    whole = {**real, "MAIL_USERNAME": "apikey", "MAIL_USE_TLS": "yes", "MAIL_PASSWORD": PASSWORD, name: value}
    by_file = {**whole, f"{name}_FILE": str(file)}
    del by_file[name]
    assert load(by_file) == load(whole)


def test_a_secret_that_is_set_twice_is_refused(
    real: Mapping[str, str], secret: tuple[str, str], tmp_path: Path
) -> None:
    name, value = secret
    [(refused, wrong, should)] = refusals({**real, name: value, f"{name}_FILE": str(tmp_path)})
    assert (refused, wrong, should) == (name, f"it is set twice, also by {name}_FILE", "set once")


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\xfa"], ids=["none", "empty", "blank", "binary"])
def test_a_file_without_a_secret_is_refused(
    real: Mapping[str, str], secret: tuple[str, str], tmp_path: Path, content: bytes | None
) -> None:
    name, _ = secret
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    environ = {key: value for key, value in real.items() if key != name}
    [(refused, wrong, should)] = refusals({**environ, f"{name}_FILE": str(file)})
    assert refused == f"{name}_FILE"
    assert str(file) in wrong
    assert "readable text file" in should


def test_a_refusal_names_the_file_when_the_value_came_from_one(trial: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("mysql://db.example/blog")
    assert refused_names({**trial, "DATABASE_URL_FILE": str(file)}) == ["DATABASE_URL_FILE"]


def test_a_file_is_read_for_secrets_only(trial: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "minutes"
    file.write_text("33")
    assert load({**trial, "RESET_LINK_MINUTES_FILE": str(file)}).reset_link_minutes == 10


def test_settings_do_not_show_their_secrets(real: Mapping[str, str]) -> None:
    secrets = {"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": OLD_KEY, "MAIL_PASSWORD": PASSWORD}
    database = {"DATABASE_URL": "postgresql://u:d4tabase-word@db.example/blog"}
    settings = load({**real, **secrets, **database, "MAIL_USERNAME": "apikey", "MAIL_USE_SSL": "yes"})
    for shown in (repr(settings), str(settings), repr(settings.mail)):
        assert not [value for value in (KEY, OLD_KEY, PASSWORD, "d4tabase-word") if value in shown]


def test_a_refusal_does_not_show_a_secret(real: Mapping[str, str], tmp_path: Path) -> None:
    short, file = "sh0rt-key", tmp_path / "url"
    file.write_text(f"mysql://u:{PASSWORD}@db.example/blog")
    for environ in (
        {**real, "SECRET_KEY": short, "SECRET_KEY_FALLBACKS": short},
        {**real, "SECRET_KEY": short},
        {**real, "SECRET_KEY_FILE": str(file)},
        {**real, "MAIL_PASSWORD": PASSWORD},
        {**real, "MAIL_PASSWORD": PASSWORD, "MAIL_USERNAME": "apikey"},
        {**real, "DATABASE_URL": f"mysql://u:{PASSWORD}@db.example/blog"},
        {**real, "DATABASE_URL": f"sqlite://u:{PASSWORD}@db.example/blog"},
        {**real, "DATABASE_URL_FILE": str(file)},
    ):
        with pytest.raises(SettingsError) as refused:
            load(environ)
        assert short not in str(refused.value)
        assert PASSWORD not in str(refused.value)

"""One field declares a setting: how it is read, what it means, what it is when unset, and whether it is a secret."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from microblog.settings import SETTINGS, MailSettings, Settings, SettingsError, load, readers
from microblog.settings.environment import load_as
from microblog.settings.limits import LimitSettings
from microblog.settings.setting import Derived, group, setting, settings_in
from microblog.settings.table import make_table


def motto_of(values: Mapping[str, Any]) -> str:
    return f"Welcome to {values['PUBLIC_URL'].host}"


@dataclass(frozen=True, kw_only=True)
class Look:
    motto: str = setting(
        "MICROBLOG_MOTTO", readers.credential, unset=Derived(motto_of), meaning="A line above the posts."
    )
    footer: str | None = setting("MICROBLOG_FOOTER", readers.credential, unset=None, meaning="A line below them.")


@dataclass(frozen=True, kw_only=True)
class Extended(Settings):
    """The settings of a site that declares some more, each by one field and nothing else."""

    colour: str = setting(
        "MICROBLOG_COLOUR", readers.one_of(("red", "blue")), "red", meaning="The colour of the buttons."
    )
    token: str = setting(
        "MICROBLOG_TOKEN", readers.credential, unset="", meaning="Opens the colour chart.", secret=True
    )
    look: Look = group(Look)


NEW = tuple(one for one in settings_in(Extended) if one not in SETTINGS)


@pytest.fixture
def trial(tmp_path: Path) -> Mapping[str, str]:
    return {"MICROBLOG_DATA": str(tmp_path)}


def test_a_declared_setting_is_read(trial: Mapping[str, str]) -> None:
    settings = load_as(Extended, {**trial, "MICROBLOG_COLOUR": "blue", "MICROBLOG_MOTTO": "Hello"})
    assert (settings.colour, settings.look.motto) == ("blue", "Hello")
    assert settings.password_min_length == 12


def test_an_unset_one_has_its_default_or_follows_from_the_others(trial: Mapping[str, str]) -> None:
    settings = load_as(Extended, trial)
    assert (settings.colour, settings.token) == ("red", "")
    assert settings.look == Look(motto="Welcome to localhost", footer=None)


def test_it_is_in_the_table_with_its_default_and_meaning() -> None:
    assert "| `MICROBLOG_COLOUR` | `red` | The colour of the buttons. |\n" in make_table(NEW)
    assert "| `MICROBLOG_MOTTO` | – | A line above the posts. |\n" in make_table(NEW)


def test_an_invalid_value_stops_startup_with_its_name_and_what_it_should_be(trial: Mapping[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        load_as(Extended, {**trial, "MICROBLOG_COLOUR": "green"})
    assert str(refused.value) == "MICROBLOG_COLOUR: it is 'green'. It should be red or blue."


def test_a_secret_one_may_come_from_a_file_and_is_never_shown(trial: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a t0ken nobody sees\n")
    settings = load_as(Extended, {**trial, "MICROBLOG_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.token == "a t0ken nobody sees"
    assert settings.token not in repr(settings)
    assert settings.token in settings.secrets
    assert "`MICROBLOG_TOKEN`) may come from a file" in make_table(NEW)


def test_a_site_without_it_does_not_read_it(trial: Mapping[str, str]) -> None:
    assert not hasattr(load({**trial, "MICROBLOG_COLOUR": "green"}), "colour")


def test_a_setting_says_what_it_is_when_unset() -> None:
    with pytest.raises(TypeError, match="MICROBLOG_COLOUR needs a default, or `unset`"):
        setting("MICROBLOG_COLOUR", readers.credential, meaning="The colour of the buttons.")


def test_every_field_is_a_setting_but_the_generation_that_the_database_knows() -> None:
    undeclared = [
        one.name for kind in (Settings, MailSettings, LimitSettings) for one in fields(kind) if not one.metadata
    ]
    assert undeclared == ["generation"]


def test_the_secrets_are_all_settings_declared_secret_and_of_the_database_its_password_alone(
    trial: Mapping[str, str],
) -> None:
    login = {"MAIL_SERVER": "localhost", "MAIL_USERNAME": "alice", "MAIL_PASSWORD": "m4il-w0rd"}
    url = "postgresql://u:d4tabase-word@db.example/blog"
    keys = {"SECRET_KEY": "k" * 32, "SECRET_KEY_FALLBACKS": "l" * 32, "METRICS_TOKEN": "m" * 16}
    assert {*keys, "MAIL_PASSWORD", "DATABASE_URL"} == {one.name for one in SETTINGS if one.secret}
    settings = load({**trial, **login, **keys, "DATABASE_URL": url})
    assert set(settings.secrets) - {""} == {*keys.values(), "m4il-w0rd", "d4tabase-word"}

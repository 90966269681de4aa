"""The README's table of settings is made from their declarations, and its prose names only settings that exist."""

import re
from pathlib import Path

import pytest

from microblog.settings import BY_NAME, SETTINGS
from microblog.settings.setting import Setting
from microblog.settings.table import BEGIN, END, make_table, replace_table

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_table_in_the_readme_is_up_to_date() -> None:
    assert replace_table(README) == README, "Run `make settings-table`."


def test_the_table_stands_in_the_readme_once() -> None:
    assert (README.count(BEGIN), README.count(END), README.count(make_table(SETTINGS))) == (1, 1, 1)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.name))
def test_every_setting_stands_in_the_readme_with_its_default_and_what_it_means(setting: Setting) -> None:
    [(default, meaning)] = re.findall(rf"^\| `{setting.name}` \| ([^|\n]+) \| ([^|\n]+) \|$", README, re.MULTILINE)
    assert default == (f"`{setting.default}`" if setting.default else "–")
    assert meaning == setting.meaning


def test_no_setting_is_declared_twice() -> None:
    assert len(BY_NAME) == len(SETTINGS)


def test_the_readme_says_which_settings_may_come_from_a_file() -> None:
    [said] = re.findall(r"[^.]*may come from a file[^.]*\.", README)
    assert set(re.findall(r"`([A-Z_]+)`", said)) - {"SECRET_KEY_FILE"} == {
        setting.name for setting in SETTINGS if setting.secret
    }


def test_an_edited_table_is_written_anew() -> None:
    stale = README.replace("| `PASSWORD_MIN_LENGTH` | `12` |", "| `PASSWORD_MIN_LENGTH` | `13` |")
    assert stale != README
    assert replace_table(stale) == README


def test_a_document_without_the_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        replace_table("# Microblog\n")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(?:MAIL|LIMIT|MICROBLOG)_[A-Z_]+\b", README))))
def test_no_setting_is_misspelt_in_the_prose(name: str) -> None:
    assert name.removesuffix("_FILE") in BY_NAME or name in BY_NAME

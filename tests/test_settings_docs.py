"""The README's table of settings and the table in the code are held to each other."""

import re
from pathlib import Path

import pytest

from microblog.settings.table import BY_NAME, SETTINGS, Setting

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
ROW = re.compile(r"^\| *`([A-Z_]+)` *\| *([^|]*?) *\| *([^|]*?) *\|$", re.MULTILINE)
ROWS = {name: (default, meaning) for name, default, meaning in ROW.findall(README)}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.name))
def test_every_setting_stands_in_the_readme_with_its_default_and_what_it_means(setting: Setting) -> None:
    default, meaning = ROWS[setting.name]
    assert default == (f"`{setting.default}`" if setting.default else "–")
    assert meaning


def test_no_setting_stands_in_the_readme_that_does_not_exist() -> None:
    assert sorted(set(ROWS) - set(BY_NAME)) == []


def test_no_setting_stands_there_twice() -> None:
    assert len(ROW.findall(README)) == len(ROWS) == len(SETTINGS)


def test_the_readme_says_which_settings_may_come_from_a_file() -> None:
    [said] = re.findall(r"[^.]*may come from a file[^.]*\.", README)
    assert set(re.findall(r"`([A-Z_]+)`", said)) - {"SECRET_KEY_FILE"} == {
        setting.name for setting in SETTINGS if setting.secret
    }


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(?:MAIL|LIMIT|MICROBLOG)_[A-Z_]+\b", README))))
def test_no_setting_is_misspelt_in_the_prose(name: str) -> None:
    assert name.removesuffix("_FILE") in BY_NAME or name in BY_NAME

"""The list of pages to look at: no page is missing from it."""

from contextlib import closing
from pathlib import Path

from microblog.db import Database
from microblog.settings import load
from microblog.web import create_app
from screens.pages import LOOKS, NO_PAGES, looks_at, rules_of


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    settings = load({"MICROBLOG_DATA": str(tmp_path)})
    with closing(Database(settings.database_url)) as database:
        rules = rules_of(create_app(settings, database))
    missing = rules - {look.rule for look in LOOKS} - NO_PAGES.keys()
    assert not missing, "new pages: add them to tests/screens/pages.py, so that they are looked at"


def test_each_picture_has_a_name_of_its_own() -> None:
    assert len({look.name for look in LOOKS}) == len(LOOKS)


def test_nothing_is_both_a_page_and_none() -> None:
    assert not {look.rule for look in LOOKS} & NO_PAGES.keys()


def test_only_what_is_served_is_looked_at() -> None:
    assert [look.name for look in looks_at(["/mailbox"])] == ["nothing-there", "mailbox"]

"""How long a login lasts, and how it is noted that it is in use."""

from datetime import datetime

import pytest
from sqlalchemy import select

from microblog.auth.models import SignInSession
from microblog.web.deferred import deferred_writes
from support.members import member
from support.running import PASSWORD, RunningSite
from support.visitor import Visitor


def seen_at(site: RunningSite) -> datetime:
    """When the only login was last noted as used."""
    with site.database.reading() as db:
        return db.scalars(select(SignInSession.seen_at)).one()


def comes_back(site: RunningSite, visitor: Visitor) -> str | None:
    """Look at a page, and have noted what is noted of it."""
    found = visitor.signed_in_as()
    deferred_writes(site.app).flush()
    return found


def signed_in(site: RunningSite, more: dict[str, str]) -> Visitor:
    """Alice's browser."""
    visitor = member(site, "alice")
    visitor.sign_out()
    visitor.sign_in("alice", PASSWORD, **more)
    return visitor


LIFETIMES = [({}, {"days": 7}, {"hours": 24}), ({"remember_me": "y"}, {"days": 30}, {"days": 14})]


@pytest.mark.parametrize(("more", "absolute", "idle"), LIFETIMES)
def test_a_login_ends_after_its_days_however_much_it_is_used(
    site: RunningSite, more: dict[str, str], absolute: dict[str, int], idle: dict[str, int]
) -> None:
    visitor = signed_in(site, more)
    began = site.clock.now
    for _ in range(absolute["days"] * 2 - 1):
        site.clock.move(hours=12)
        assert comes_back(site, visitor) == "alice"
    site.clock.move(hours=12, seconds=-1)
    assert comes_back(site, visitor) == "alice"
    site.clock.move(seconds=1)
    assert (site.clock.now - began).days == absolute["days"]
    assert comes_back(site, visitor) is None
    assert visitor.get("/index").path == "/login"


@pytest.mark.parametrize(("more", "absolute", "idle"), LIFETIMES)
def test_a_login_that_is_not_used_ends_sooner(
    site: RunningSite, more: dict[str, str], absolute: dict[str, int], idle: dict[str, int]
) -> None:
    visitor = signed_in(site, more)
    site.clock.move(**idle)
    site.clock.move(seconds=-1)
    assert comes_back(site, visitor) == "alice"
    site.clock.move(**idle)
    assert comes_back(site, visitor) is None


def test_that_a_login_is_in_use_is_noted_once_in_five_minutes(site: RunningSite) -> None:
    visitor = signed_in(site, {})
    began = seen_at(site)
    site.clock.move(minutes=5, seconds=-1)
    comes_back(site, visitor)
    assert seen_at(site) == began
    later = site.clock.move(seconds=1)
    visitor.signed_in_as()
    visitor.signed_in_as()
    assert deferred_writes(site.app).flush() <= 1, "many pages are one note"
    assert seen_at(site) == later


def test_looking_at_a_page_waits_for_nobody_who_writes(site: RunningSite) -> None:
    visitor = signed_in(site, {})
    later = site.clock.move(minutes=10)
    with site.database.writing() as db:
        db.scalars(select(SignInSession).with_for_update()).one()
        assert visitor.signed_in_as() == "alice"
    deferred_writes(site.app).flush()
    assert seen_at(site) == later


def test_a_note_that_comes_late_does_not_set_it_back(site: RunningSite) -> None:
    visitor = signed_in(site, {})
    late = site.clock.move(minutes=10)
    visitor.signed_in_as()
    later = site.clock.move(minutes=10)
    with site.database.writing() as db:
        db.scalars(select(SignInSession)).one().seen_at = later
    deferred_writes(site.app).flush()
    assert seen_at(site) == later > late

"""A site whose clock was an hour or a day ahead, and is set right: nobody is kept out, and nothing seems a repeat."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from microblog.auth.models import SignInSession
from microblog.profiles.models import Profile
from microblog.web.deferred import deferred_writes
from support.running import PASSWORD, RunningSite
from support.visitor import Answer

by_hours = pytest.mark.parametrize("hours", [2, 25])


@by_hours
def test_sign_ins_that_were_over_their_limit_work_again(site_with: Callable[..., RunningSite], hours: int) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_IDENTIFIER="2/hour").start()
    site.sign_up("alice")
    site.clock.set(hours=hours)
    for _ in range(3):
        refused = site.visitor().sign_in("alice", "not the password at all")
    assert refused.status == 429
    site.clock.set(hours=-hours)
    assert "do not go together" in site.visitor().sign_in("alice", "not the password at all").words
    assert site.visitor().sign_in("alice", PASSWORD).status == 200


@by_hours
def test_an_email_asked_for_ahead_and_again_later_comes_twice(site: RunningSite, hours: int) -> None:
    site.sign_up("alice")
    site.clock.set(hours=hours)
    site.visitor().submit("/reset_password_request", email="alice")
    assert len(site.letters(2)) == 2
    site.clock.set(hours=-hours)
    site.clock.move(minutes=2)
    site.visitor().submit("/reset_password_request", email="alice")
    assert len(site.letters(3)) == 3


def sign_up(site: RunningSite) -> Answer:
    address = "alice@example.com"
    return site.visitor().submit("/register", username="alice", email=address, password=PASSWORD, password2=PASSWORD)


@by_hours
def test_a_sign_up_begun_ahead_is_begun_again(site: RunningSite, hours: int) -> None:
    for number in (1, 2):
        site.clock.set(hours=hours if number == 1 else -hours)
        answer = sign_up(site)
        assert answer.status == 200
        assert len(site.letters(number)) == number


def test_a_clock_that_is_wrong_for_a_minute_signs_nobody_out(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    visitor.sign_in("alice", PASSWORD)
    site.clock.set(hours=25)
    assert "Sign in" in visitor.get("/index").words
    site.clock.set(hours=-25)
    assert visitor.get("/index", follow=False).status == 200


@pytest.mark.parametrize("hours", [1, 23])
def test_a_session_used_ahead_is_noted_by_the_right_clock_again(site: RunningSite, hours: int) -> None:
    visitor = site.sign_up("alice")
    visitor.sign_in("alice", PASSWORD)
    site.clock.set(hours=hours)
    assert visitor.get("/index").status == 200
    deferred_writes(site.app).flush()
    site.clock.set(hours=-hours)
    assert visitor.get("/index").status == 200
    deferred_writes(site.app).flush()
    with site.database.reading() as session:
        moments = session.scalars(select(SignInSession.seen_at)).one(), session.scalars(select(Profile.seen_at)).one()
    assert all(moment and moment <= site.clock() + timedelta(minutes=5) for moment in moments)

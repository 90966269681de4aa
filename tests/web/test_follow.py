"""Following and unfollowing."""

from collections.abc import Callable

import pytest

from support.members import member
from support.running import RunningSite
from web.writing import followed, press


def test_a_member_follows_and_unfollows_another(site: RunningSite) -> None:
    alice, _ = member(site, "alice"), member(site, "Bob")
    done = press(alice, "/follow/bob", back="/explore")
    assert (done.status, done.headers["Location"]) == (303, "/explore")
    assert "You now follow Bob." in alice.get("/explore").words
    assert followed(site) == 1
    press(alice, "/unfollow/BOB")
    assert "You no longer follow Bob." in alice.get("/explore").words
    assert followed(site) == 0


@pytest.mark.parametrize(("action", "left"), [("follow", 1), ("unfollow", 0)])
def test_doing_it_twice_is_harmless(site: RunningSite, action: str, left: int) -> None:
    alice, _ = member(site, "alice"), member(site, "bob")
    for _ in range(2):
        assert press(alice, f"/{action}/bob").headers["Location"] == "/user/bob"
    assert followed(site) == left


def test_nobody_follows_himself(site: RunningSite) -> None:
    refused = press(member(site, "alice"), "/follow/alice")
    assert refused.status == 422
    assert "You cannot follow yourself." in refused.words
    assert followed(site) == 0


def test_a_name_nobody_has_is_nobody_and_an_address_is_no_name(site: RunningSite) -> None:
    alice, _ = member(site, "alice"), member(site, "bob")
    for name in ("nobody", "bob@example.com", "x", "a%20b", "%00", "%F0%9F%98%80", "b" * 2000):
        for action in ("follow", "unfollow"):
            refused = press(alice, f"/{action}/{name}")
            assert (refused.status, refused.title) == (404, "There is no such member"), name
    assert followed(site) == 0


@pytest.mark.parametrize("action", ["follow", "unfollow"])
def test_it_takes_a_signed_in_member_a_press_and_a_token(site: RunningSite, action: str) -> None:
    alice, _, stranger = member(site, "alice"), member(site, "bob"), site.visitor()
    if action == "unfollow":
        press(alice, "/follow/bob")
    before, path = followed(site), f"/{action}/bob"
    asked = stranger.post(path, {"csrf_token": stranger.token_in(stranger.get("/login"))}, follow=False)
    assert (asked.status, asked.headers["Location"]) == (303, "/login")
    assert alice.get(path).status == 405
    assert alice.post(path, {}).status == 400
    assert followed(site) == before


def test_the_way_back_never_leads_away(site: RunningSite) -> None:
    alice, _ = member(site, "alice"), member(site, "bob")
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert press(alice, "/follow/bob", back=back).headers["Location"] == "/index"


def test_whoever_follows_too_often_is_told_to_wait(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_FOLLOWS_PER_MEMBER="2/hour").start(deliver=False)
    alice, bob = member(site, "alice"), member(site, "bob")
    press(alice, "/follow/alice")  # a refused one does not count
    press(alice, "/follow/bob")
    press(alice, "/unfollow/bob")
    wait = press(alice, "/follow/bob")
    assert (wait.status, wait.headers["Retry-After"]) == (429, "1800")
    assert followed(site) == 0
    assert press(bob, "/follow/alice").status == 303

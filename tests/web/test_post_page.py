"""A post's own page, deleting it, and taking that back."""

import pytest

from support.members import member
from support.running import RunningSite
from support.visitor import Visitor
from web.writing import press, say, shown, stored, texts

GONE = "This post is gone."


def a_post(site: RunningSite) -> tuple[Visitor, Visitor, int]:
    """Alice, Bob, and the number of a post by Alice."""
    alice, bob = member(site, "alice"), member(site, "bob")
    return alice, bob, shown(say(alice, "hello"))[0]


def test_every_member_can_open_a_post(site: RunningSite) -> None:
    alice, bob, number = a_post(site)
    for reader in (alice, bob):
        page = reader.get(f"/post/{number}")
        assert (page.status, page.title, texts(page)) == (200, "A post by alice", ["hello"])


def test_only_its_author_is_offered_to_delete_it(site: RunningSite) -> None:
    alice, bob, number = a_post(site)
    for path in (f"/post/{number}", "/explore"):
        assert f'action="/post/{number}/delete"' in alice.get(path).text
        assert f"/post/{number}/delete" not in bob.get(path).text


def test_the_author_deletes_a_post_and_takes_that_back(site: RunningSite) -> None:
    alice, bob, number = a_post(site)
    gone = press(alice, f"/post/{number}/delete", back="/explore")
    assert (gone.status, gone.headers["Location"]) == (303, "/explore")
    page = alice.get("/explore")
    assert "Your post is deleted." in page.words
    assert f'action="/post/{number}/restore"' in page.text
    assert shown(page) == shown(bob.get("/explore")) == []
    assert bob.get(f"/post/{number}").status == 404
    site.clock.move(seconds=60)
    back = alice.post(f"/post/{number}/restore", {"csrf_token": alice.token_in(page), "back": "/explore"})
    assert (back.path, shown(back)) == ("/explore", [number])
    assert "Your post is back." in back.words
    assert "Undo" not in alice.get("/explore").words  # said once


def test_after_a_minute_a_deletion_is_for_good(site: RunningSite) -> None:
    alice, _, number = a_post(site)
    press(alice, f"/post/{number}/delete")
    site.clock.move(seconds=61)
    late = press(alice, f"/post/{number}/restore")
    assert (late.status, late.title) == (410, "That was too long ago")
    assert alice.get(f"/post/{number}").status == 404


def test_deleting_and_taking_back_twice_is_harmless(site: RunningSite) -> None:
    alice, _, number = a_post(site)
    for action in ("delete", "delete", "restore", "restore"):
        assert press(alice, f"/post/{number}/{action}").status == 303
    assert shown(alice.get("/index")) == [number]


@pytest.mark.parametrize("action", ["delete", "restore"])
def test_another_member_cannot_touch_it(site: RunningSite, action: str) -> None:
    alice, bob, number = a_post(site)
    refused = press(bob, f"/post/{number}/{action}")
    assert (refused.status, refused.title) == (403, "This post is not yours")
    assert shown(alice.get("/index")) == [number]


def test_another_member_can_neither_bring_a_deleted_one_back_nor_learn_of_it(site: RunningSite) -> None:
    alice, bob, number = a_post(site)
    press(alice, f"/post/{number}/delete")
    for action in ("delete", "restore"):
        refused = press(bob, f"/post/{number}/{action}")
        never = press(bob, f"/post/{number + 1}/{action}")
        assert (refused.status, refused.title) == (never.status, never.title) == (404, "There is no such post")
        assert GONE in refused.words
    assert shown(alice.get("/index")) == []


@pytest.mark.parametrize("action", ["delete", "restore"])
def test_a_stranger_is_asked_to_sign_in(site: RunningSite, action: str) -> None:
    alice, _, number = a_post(site)
    stranger = site.visitor()
    token = stranger.token_in(stranger.get("/login"))
    asked = stranger.post(f"/post/{number}/{action}", {"csrf_token": token}, follow=False)
    assert (asked.status, asked.headers["Location"]) == (303, "/login")
    assert shown(alice.get("/index")) == [number]


@pytest.mark.parametrize("action", ["delete", "restore"])
def test_neither_works_by_looking_nor_without_a_token(site: RunningSite, action: str) -> None:
    alice, _, number = a_post(site)
    path = f"/post/{number}/{action}"
    assert alice.get(path).status == 405
    assert alice.post(path, {}).status == 400
    assert shown(alice.get("/index")) == [number]


def test_a_number_no_post_has_leads_to_a_page_that_says_so(site: RunningSite) -> None:
    alice = member(site, "alice")
    for number in ("0", "999", "x", "-1", "1.5", str(2**63 - 1), "9" * 19, "9" * 40, "%D9%A3", "1e3", "%00"):
        assert alice.get(f"/post/{number}").status == 404, number
        for action in ("delete", "restore"):
            assert press(alice, f"/post/{number}/{action}").status == 404, number
    assert stored(site) == 0


def test_the_way_back_never_leads_away(site: RunningSite) -> None:
    alice, _, number = a_post(site)
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""):
        assert press(alice, f"/post/{number}/delete", back=back).headers["Location"] == "/index"

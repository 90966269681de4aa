"""Older and newer pages have addresses of their own, and never repeat or skip a post."""

import pytest

from support import community
from support.members import member
from support.running import RunningSite
from support.visitor import Visitor
from web.writing import press, say, shown, ways

LISTS = ("/index", "/explore", "/tag/tea")
NONSENSE = ("x", "", "-1", "1.5", "%D9%A3", "9" * 19, "9" * 40, "1%27", " 1")


def with_posts(site: RunningSite, count: int) -> Visitor:
    """Alice, who wrote so many posts."""
    alice = member(site, "alice")
    for number in range(count):
        community.say(site.database, 1, f"#tea {number}")
    return alice


def walk(visitor: Visitor, path: str, way: str) -> list[list[int]]:
    """Follow the links of one direction to the end."""
    pages = []
    while path:
        page = visitor.get(path)
        pages.append(shown(page))
        path = ways(page).get(way, "")
    return pages


@pytest.mark.parametrize("path", LISTS)
def test_paging_down_and_up_again_shows_every_post_once(site: RunningSite, path: str) -> None:
    alice = with_posts(site, 43)
    down = walk(alice, path, "next")
    assert [len(page) for page in down] == [20, 20, 3]
    every = [number for page in down for number in page]
    assert every == sorted(set(every), reverse=True)
    assert len(every) == 43
    last = ways(alice.get(ways(alice.get(path))["next"]))["next"]
    up = walk(alice, last, "prev")
    assert [number for page in reversed(up) for number in page] == every


@pytest.mark.parametrize("path", LISTS)
def test_a_pages_address_keeps_its_meaning_while_others_write_and_delete(site: RunningSite, path: str) -> None:
    alice = with_posts(site, 22)
    older = ways(alice.get(path))["next"]
    before = shown(alice.get(older))
    say(alice, "#tea new")
    press(alice, f"/post/{older.rpartition('=')[2]}/delete")  # the very post the address names
    assert shown(alice.get(older)) == before


def test_the_newest_page_has_no_newer_and_the_oldest_no_older(site: RunningSite) -> None:
    alice = with_posts(site, 21)
    for path in LISTS:
        first = ways(alice.get(path))
        assert set(first) == {"next"}
        assert set(ways(alice.get(first["next"]))) == {"prev"}


def test_a_page_beyond_everything_says_so_and_leads_back(site: RunningSite) -> None:
    alice = with_posts(site, 1)
    for path in LISTS:
        page = alice.get(f"{path}?older=1")
        assert "There is nothing here." in page.words
        assert shown(alice.get(ways(page)["prev"])) == [1]


@pytest.mark.parametrize("path", LISTS)
def test_an_address_that_is_no_page_is_not_found(page_site: RunningSite, path: str) -> None:
    alice = member(page_site, f"alice-{LISTS.index(path)}")
    for nonsense in NONSENSE:
        for side in ("older", "newer"):
            page = alice.get(f"{path}?{side}={nonsense.replace(' ', '%20')}")
            assert (page.status, page.title) == (404, "There is no such page"), nonsense
    assert alice.get(f"{path}?older=1&newer=1").status == 404


def test_whom_one_follows_later_is_on_the_older_pages_too(site: RunningSite) -> None:
    alice = with_posts(site, 21)
    bob = community.add_member(site.database, "bob")
    older = ways(alice.get("/index"))["next"]
    community.follow(site.database, 1, bob)
    assert len(shown(alice.get(older))) == 1

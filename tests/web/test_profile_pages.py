"""Members' pages: what they show, to whom, and under which addresses."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from microblog import profiles
from microblog.identity import Account
from support import community
from support.members import member
from support.running import RunningSite
from support.visitor import Visitor
from web.uploading import edit

PAGES = ("/user/alice", "/user/alice/followers", "/user/alice/following", "/edit_profile")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def quiet(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site that delivers no letters."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def number(site: RunningSite, username: str) -> int:
    with site.database.reading() as session:
        return session.scalars(select(Account.id).where(Account.username_key == username)).one()


def test_a_profile_shows_a_member_to_members(quiet: RunningSite) -> None:
    alice, bob = member(quiet, "alice"), member(quiet, "bob")
    edit(alice, about_me="I paint.\nAnd sing.")
    alice_id, bob_id = number(quiet, "alice"), number(quiet, "bob")
    community.follow(quiet.database, bob_id, alice_id)
    community.say(quiet.database, alice_id, "A first post")
    with quiet.database.writing() as session:
        profiles.record_last_seen(session, alice_id, quiet.clock())
    page = bob.get("/user/alice")
    assert (page.status, page.title) == (200, "alice")
    for words in ("alice", "I paint.\nAnd sing.", "A first post"):
        assert words in page.text
    assert "1 follower" in page.words
    assert "0 following" in page.words
    assert "Joined on 23 October 2026" in page.words
    assert 'last seen <time class="ago" datetime="2026-11-22T12:00:00+00:00">' in page.text
    assert "alice@example.com" not in page.text


def test_one_follows_from_the_page_of_somebody_else_and_edits_ones_own(quiet: RunningSite) -> None:
    alice, bob = member(quiet, "alice"), member(quiet, "bob")
    assert 'action="/follow/alice"' in bob.get("/user/alice").text
    community.follow(quiet.database, number(quiet, "bob"), number(quiet, "alice"))
    page = bob.get("/user/alice")
    assert 'action="/unfollow/alice"' in page.text
    assert 'href="/edit_profile"' not in page.text
    own = alice.get("/user/alice")
    assert 'href="/edit_profile"' in own.text
    assert "follow/alice" not in own.text.replace("/user/alice/follow", "")


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_sign_in_whether_there_is_such_a_member_or_not(quiet: RunningSite, path: str) -> None:
    member(quiet, "alice")
    for asked in (path, path.replace("alice", "nobody")):
        answer = quiet.visitor().get(asked, follow=False)
        assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/login")


def test_a_stranger_changes_nothing(quiet: RunningSite) -> None:
    member(quiet, "alice")
    stranger = quiet.visitor()
    token = stranger.token_in(stranger.get("/login"))
    fields = {"csrf_token": token, "username": "mallory", "about_me": "Mine now"}
    assert stranger.post("/edit_profile", fields, follow=False).title == "Sign in"
    with quiet.database.reading() as session:
        assert profiles.profile_of(session, "mallory") is None


NOBODY = ("nobody", "a", "x" * 65, "%00", "a%00bc", "%ED%A0%80", "%3Cscript%3E", "%C3%A4lice")


def test_of_nobody_there_is_no_page(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    paths = [f"/user/{username}{tail}" for username in NOBODY for tail in ("", "/followers", "/following")]
    for path in (*paths, *(f"/avatar/{username}" for username in NOBODY)):
        answer = alice.get(path)
        assert (answer.status, answer.title) == (404, "There is no such page"), path


@pytest.mark.parametrize("position", ["older=x", "newer=-1", "older=", "older=1&newer=2", "older=" + "9" * 30])
def test_of_a_position_that_is_none_there_is_no_page(page_visitor: Visitor, position: str) -> None:
    for tail in ("", "/followers", "/following"):
        assert page_visitor.get(f"/user/zoe{tail}?{position}").status == 404


@pytest.fixture(scope="module")
def page_visitor(page_site: RunningSite) -> Visitor:
    """A member who changes nothing."""
    return member(page_site, "zoe")


def test_every_address_of_a_member_leads_to_the_present_one(quiet: RunningSite) -> None:
    alice, bob = member(quiet, "alice"), member(quiet, "bob")
    edit(alice, username="Alicia")
    for asked, present in {
        "/user/alice": "/user/Alicia",
        "/user/ALICE": "/user/Alicia",
        "/user/alicia": "/user/Alicia",
        "/user/alice/followers": "/user/Alicia/followers",
        "/user/alice/following?older=7": "/user/Alicia/following?older=7",
        "/user/alice?newer=3&_external=1&username=bob": "/user/Alicia?newer=3",
    }.items():
        answer = bob.get(asked, follow=False)
        assert (answer.status, answer.headers["Location"]) == (301, present)
        assert answer.headers["Cache-Control"] == "no-store"  # for the owner may go back to the former username
    assert bob.get("/user/alice").path == "/user/Alicia"


def test_words_about_a_member_are_words(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    edit(alice, about_me=f'{SCRIPT}" onload="x https://boats.example/?a=1&b')
    for path in ("/user/alice", "/edit_profile"):
        text = alice.get(path).text
        assert SCRIPT not in text
        assert 'onload="x' not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34; onload=&#34;x" in text
    link = '<a href="https://boats.example/?a=1&amp;b" rel="nofollow noopener ugc">https://boats.example/?a=1&amp;b</a>'
    assert link in alice.get("/user/alice").text


def test_links_about_a_member_end_where_their_sentence_does_in_any_language(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    edit(alice, about_me="「https://boats.example/x」を見て。@alice #fog http://[::1]:80/y، نعم")
    page = alice.get("/user/alice")
    assert re.findall(r'<a href="(https?:[^"]+)" rel', page.text) == ["https://boats.example/x", "http://[::1]:80/y"]
    assert "@alice #fog" in page.words


def test_posts_are_read_to_their_end_and_back(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    alice_id = number(quiet, "alice")
    for post in range(25):
        community.say(quiet.database, alice_id, f"post number {post}.")
    first = alice.get("/user/alice")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert older
    second = alice.get(older[1])
    said = [re.findall(r"post number (\d+)\.", page.text) for page in (first, second)]
    assert said == [[str(post) for post in range(24, 4, -1)], ["4", "3", "2", "1", "0"]]
    newer = re.search(r'rel="prev" href="([^"]+)"', second.text)
    assert newer
    assert re.findall(r"post number (\d+)\.", alice.get(newer[1]).text) == said[0]
    assert "There is nothing further." in alice.get("/user/alice?older=1").words


def test_the_lists_show_who_follows_whom(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    alice_id = number(quiet, "alice")
    others = [community.add_member(quiet.database, f"member{place}") for place in range(52)]
    for other in others:
        community.follow(quiet.database, other, alice_id)
    community.follow(quiet.database, alice_id, others[0])
    page = alice.get("/user/alice/followers")
    assert (page.title, len(re.findall(r'href="/user/member\d+"', page.text))) == ("Who follows you", 50)
    older = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert older
    assert re.findall(r'href="/user/(member\d+)"', alice.get(older[1]).text) == ["member1", "member0"]
    following = alice.get("/user/alice/following")
    assert following.title == "Whom you follow"
    assert re.findall(r'href="/user/(member\d+)"', following.text) == ["member0"]
    theirs = alice.get("/user/member0/following")
    assert (theirs.title, "1 following" in theirs.words) == ("Whom member0 follows", True)
    assert "member5 follows nobody yet." not in theirs.words
    assert "Nobody follows member5 yet." in alice.get("/user/member5/followers").words


def test_whoever_has_not_posted_is_told_where_to_begin(quiet: RunningSite) -> None:
    alice, bob = member(quiet, "alice"), member(quiet, "bob")
    assert "You have not posted yet." in alice.get("/user/alice").words
    assert "alice has not posted yet." in bob.get("/user/alice").words

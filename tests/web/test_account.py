"""/account: the frame of a member's own area, and who may do what in it: Alice, Bob, and a stranger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from microblog.audit.models import Event
from microblog.auth.models import Confirmation, SignInSession
from microblog.contact import AddressChange
from microblog.identity import Account
from microblog.mail import Email
from microblog.web.account import ENTRIES
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Visitor

PAGES = [
    "",
    "/password",
    "/address",
    "/second-address",
    "/recovery-codes",
    "/review",
    "/logins",
    "/events",
    "/letters",
    "/download",
    "/delete",
]
ACTIONS = ["/password", "/address", "/logins/1/end", "/logins/end-others", "/download", "/delete"]
LINKS = ["/address/confirm", "/address/back", "/confirm"]
TABLES = (Account, SignInSession, Event, Email, AddressChange, Confirmation)
EVERYTHING = {
    "current_password": PASSWORD,
    "password": NEW_PASSWORD,
    "password2": NEW_PASSWORD,
    "email": "new@example.com",
    "sure": "y",
}


@dataclass
class People:
    """Two members, signed in, and a stranger."""

    site: RunningSite
    alice: Visitor
    bob: Visitor
    stranger: Visitor


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[People]:
    folder = tmp_path_factory.mktemp("people")
    (folder / "microblog.db").write_bytes(sqlite_template.read_bytes())
    site = RunningSite(folder, f"sqlite:///{folder / 'microblog.db'}").start(deliver=False)
    yield People(site, member(site, "alice"), member(site, "bob"), site.visitor())
    site.stop()


def rows(site: RunningSite) -> list[list[str]]:
    with site.database.reading() as db:
        return [sorted(str(row) for row in db.execute(select(table.__table__))) for table in TABLES]


def password_hashes(site: RunningSite) -> list[tuple[str, str]]:
    with site.database.reading() as db:
        return [(one.username, one.password_hash) for one in db.scalars(select(Account).order_by(Account.id))]


def test_the_area_is_found_from_every_page(people: People) -> None:
    home = people.alice.get("/")
    link = re.search(r'<a href="(/account)" aria-label="Account: alice"', home.text)
    assert link
    assert people.alice.get(link[1]).title == "Account"
    assert "/account" not in people.stranger.get("/login").text


def test_the_front_page_names_every_page_and_says_whose_account_it_is(people: People) -> None:
    front = people.bob.get("/account")
    assert "bob@example.com" in front.words
    assert "alice" not in front.words
    assert "23 October 2026" in front.words
    for entry in ENTRIES:
        assert entry.about in front.words


@pytest.mark.parametrize("path", PAGES[1:])
def test_each_page_leads_to_all_others_and_marks_itself(people: People, path: str) -> None:
    page = people.alice.get(f"/account{path}")
    assert page.status == 200
    navigation = re.search(r'<nav class="account-nav".*?</nav>', page.text, re.DOTALL)
    assert navigation
    assert [f"/account{one}" for one in PAGES] == re.findall(r'href="([^"]+)"', navigation[0])
    assert re.findall(r'href="([^"]+)" aria-current=page', navigation[0]) == [f"/account{path}"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_signs_in_first_and_is_led_to_the_page(people: People, path: str) -> None:
    stranger = people.site.visitor()
    moved = stranger.get(f"/account{path}", follow=False)
    assert moved.status == 303
    assert moved.headers["Location"].startswith("/login")
    page = stranger.get(moved.headers["Location"])
    fields = {"csrf_token": stranger.token_in(page), "username": "alice", "password": PASSWORD}
    assert stranger.post(page.url, fields).path == f"/account{path}"


@pytest.mark.parametrize("path", [*ACTIONS, *LINKS])
def test_a_stranger_does_nothing_there(people: People, path: str) -> None:
    before = rows(people.site)
    token = people.stranger.token_in(people.stranger.get("/login"))
    answer = people.stranger.post(f"/account{path}", {"csrf_token": token, **EVERYTHING}, follow=False)
    assert answer.status in (303, 400)
    assert answer.status == 400 or answer.headers["Location"].startswith("/login")
    assert rows(people.site) == before


@pytest.mark.parametrize("path", [*ACTIONS, *LINKS])
def test_nothing_is_done_without_the_pages_own_token(people: People, path: str) -> None:
    before = rows(people.site)
    assert people.alice.post(f"/account{path}", EVERYTHING).status == 400
    assert rows(people.site) == before
    assert people.alice.signed_in_as() == "alice"


@pytest.mark.parametrize("path", ["/password", "/address", "/download", "/delete"])
def test_a_member_does_nothing_grave_with_another_members_password_or_none(people: People, path: str) -> None:
    hashes = password_hashes(people.site)
    for typed, why in (("", "Please type your"), (NEW_PASSWORD, "That is not your password")):
        answer = people.bob.submit(f"/account{path}", follow=True, **{**EVERYTHING, "current_password": typed})
        assert answer.status == 422
        assert why in answer.words
        assert answer.value_of("current_password") is None
    assert password_hashes(people.site) == hashes
    with people.site.database.reading() as db:
        assert db.scalars(select(AddressChange)).all() == []
        assert "data_downloaded" not in db.scalars(select(Event.kind)).all()


def test_another_members_login_is_not_there_to_be_ended(people: People) -> None:
    with people.site.database.reading() as db:
        of_alice = db.scalars(select(SignInSession.id).join(Account).where(Account.username == "alice")).first()
    token = people.bob.token_in(people.bob.get("/account/logins"))
    for number in (of_alice, 999_999, 0, "x", "9" * 30):
        assert people.bob.post(f"/account/logins/{number}/end", {"csrf_token": token}).status == 404
    assert people.alice.signed_in_as() == "alice"


@pytest.mark.parametrize("path", [*PAGES, *LINKS, "/address/confirm/x", "/address/back/x", "/confirm/x"])
def test_looking_changes_nothing_and_nothing_seen_is_kept(people: People, path: str) -> None:
    before = rows(people.site)
    for who in (people.alice, people.stranger):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert who.ask(method, f"/account{path}").headers["Cache-Control"] == "no-store"
    assert rows(people.site) == before


@pytest.mark.parametrize("path", LINKS)
def test_without_an_opened_link_the_page_says_what_to_do(people: People, path: str) -> None:
    answer = people.site.visitor().get(f"/account{path}")
    assert (answer.status, answer.title) == (400, "Please open the link in the email")


@pytest.mark.parametrize("path", LINKS)
@pytest.mark.parametrize("token", ["", "/", "/x", "/a.b.c", "/" + "e" * 2000])
def test_a_link_that_is_not_from_here_says_so(people: People, path: str, token: str) -> None:
    answer = people.site.visitor().get(f"/account{path}{token}")
    assert answer.status == 400
    assert answer.title in ("This link is not complete, or not from here", "Please open the link in the email")

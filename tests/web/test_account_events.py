"""/account/events, and /admin/events: what happened, for members their own, for whoever runs the site all of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from microblog.audit import EventType, hash_identifier, record
from microblog.identity import Account
from microblog.mail import State
from microblog.origin import Origin
from support.clock import NOON
from support.members import member
from support.outbox import put_email
from support.running import RunningSite
from support.visitor import Visitor

WINDOWS = Origin("Firefox on Windows", "192.0.2.0/24")
HOSTILE = "<script>alert(1)</script>"


@dataclass
class People:
    """Alice runs the site. Bob has many events, and something happened to an address without an account."""

    site: RunningSite
    alice: Visitor
    bob: Visitor


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[People]:
    folder = tmp_path_factory.mktemp("people")
    (folder / "microblog.db").write_bytes(sqlite_template.read_bytes())
    database_url = f"sqlite:///{folder / 'microblog.db'}"
    site = RunningSite(folder, database_url, {"ADMINS": "alice@example.com"}).start(deliver=False)
    yield People(site, member(site, "alice"), with_events(site))
    site.stop()


def with_events(site: RunningSite) -> Visitor:
    bob = member(site, "bob")
    letter = put_email(site.database, State.SENT, "250 taken", to="bob@example.com")
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id).where(Account.username == "bob")).one()
        for number in range(70):
            record(
                db,
                owner,
                EventType.RESET_REQUESTED,
                NOON,
                detail=f"number {number}.",
                origin=Origin("Firefox on Windows", "192.0.2.0/24"),
            )
        record(db, owner, EventType.RESET_LINK_REFUSED, NOON, detail=HOSTILE)
        record(db, owner, EventType.RESET_REQUESTED, NOON, email_id=letter)
        stranger = hash_identifier(site.settings.keys("events")[0], "nobody@example.com")
        record(db, None, EventType.RESET_REQUESTED, NOON, detail="no_such_account", about=stranger)
    return bob


def details(visitor: Visitor, path: str) -> tuple[list[int], list[str]]:
    """Return the numbers on a page, and where its links to others lead."""
    page = visitor.get(path)
    assert page.status == 200
    return [int(one) for one in re.findall(r"number (\d+)\.", page.words)], re.findall(
        r'"(/[a-z/]+\?before=[^"]+)"', page.text
    )


@pytest.mark.parametrize("path", ["/account/events", "/admin/events"])
def test_pages_follow_each_other_without_repeat_or_gap_while_more_happens(people: People, path: str) -> None:
    visitor = people.bob if path.startswith("/account") else people.alice
    seen, where = [], path
    while where:
        numbers, more = details(visitor, where)
        seen += numbers
        with people.site.database.writing() as db:
            record(db, None, EventType.RESET_REQUESTED, NOON, detail="meanwhile")
        where = more[-1] if more else ""
    assert seen == list(range(69, -1, -1))


def test_a_member_sees_time_place_and_what_became_of_the_letter(people: People) -> None:
    page = people.bob.get("/account/events")
    assert "Firefox on Windows, network 192.0.2.0/24" in page.words
    assert "22 Nov 2026, 12:00 UTC" in page.words
    assert page.words.count("the email was sent") == 1
    assert "Signed in" in people.bob.get("/account/events?before=5").words


def test_what_is_noted_is_shown_and_not_obeyed(people: People) -> None:
    for page in (people.bob.get("/account/events"), people.alice.get("/admin/events")):
        assert HOSTILE in page.words
        assert HOSTILE not in page.text


def test_a_member_sees_nobody_elses(people: People) -> None:
    page = people.alice.get("/account/events")
    assert "number" not in page.words
    assert "no such account" not in page.words


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "1e3", "", "%00"])
def test_a_position_that_is_none_is_the_first_page(people: People, before: str) -> None:
    assert details(people.bob, f"/account/events?before={before}")[0][0] == 69


def test_before_the_first_event_there_is_nothing(people: People) -> None:
    assert "There is nothing older." in people.bob.get("/account/events?before=1").words
    assert "There are no older ones." in people.alice.get("/admin/events?before=1").words


def test_whoever_runs_the_site_sees_whose_events_they_are_and_their_letters(people: People) -> None:
    page = people.alice.get("/admin/events")
    assert 'href="/admin/events?search=bob"' in page.text
    assert re.search(r'href="/admin/mail/\d+">letter \d+</a>: the email was sent', page.text)
    assert "no account · no such account" in page.words


@pytest.mark.parametrize(
    ("search", "there", "not_there"),
    [
        ("BOB", "number 69.", "no such account"),
        ("Bob@Example.com", "number 69.", "no such account"),
        ("alice", "Signed in", "number"),
        (" Nobody@example.com", "no such account", "number"),
        ("nobody", "There are no such events.", "number"),
        ("nobody@example.org", "There are no such events.", "no such account"),
    ],
)
def test_events_are_found_by_username_or_address_with_an_account_or_without(
    people: People, search: str, there: str, not_there: str
) -> None:
    page = people.alice.get(f"/admin/events?search={search.replace(' ', '+')}")
    assert there in page.words
    assert not_there not in page.words
    assert page.value_of("search") == search.strip()


@pytest.mark.parametrize("search", ["%00", "%EF%BF%BF", "a" * 2000, "%25", "'"])
def test_a_search_for_anything_at_all_is_answered(people: People, search: str) -> None:
    assert people.alice.get(f"/admin/events?search={search}").status == 200


def test_for_everybody_else_there_is_no_such_page(people: People) -> None:
    for visitor in (people.bob, people.site.visitor()):
        answer = visitor.get("/admin/events")
        assert answer.status == 404
        assert "number" not in answer.words


def test_the_page_changes_nothing_by_post(people: People) -> None:
    token = people.alice.token_in(people.alice.get("/admin/events"))
    assert people.alice.post("/admin/events", {"csrf_token": token}).status == 405

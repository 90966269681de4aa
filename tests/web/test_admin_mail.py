"""/admin/mail: the operator's desk in the browser, and who may open it."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select

from microblog.auth import Member
from microblog.mail import Email, State
from microblog.mail.admin import drop_held
from microblog.mail.outbox import Try, WorkerSeen
from microblog.web.admin.access import is_admin
from support.clock import NOON
from support.members import member
from support.outbox import email_in, put_email
from support.running import PASSWORD, RunningSite
from support.visitor import HIDDEN, Answer, Visitor

FACT = "a fact nobody may see"
HOSTILE = "<script>alert('x')</script>"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJyZXNldF9wYXNzd29yZCI6MX0.c2lnbmF0dXJl"
PATHS = ["/admin", "/admin/", "/admin/mail", "/admin/mail/1", "/admin/mail/1/retry", "/admin/mail/1/drop"]
PATHS += ["/admin/mail/held/release", "/admin/mail/held/drop"]
PATHS += [
    "/admin.",
    "/admin/mail.",
    "/admin/letters",
    "/admin/letters/reset_password",
    "/admin/letters/reset_password/html",
    "/admin/no-such-page",
]


@dataclass
class Desk:
    """A site with an admin, Alice, and a member, Bob. Their browsers are signed in. Nothing is delivered."""

    site: RunningSite
    alice: Visitor
    bob: Visitor

    def put(self, state: State, *replies: str, **more: Any) -> int:
        return put_email(self.site.database, state, *replies, **more)

    def state(self, number: int) -> str:
        return email_in(self.site.database, number).state

    def press(self, number: int, button: str) -> Answer:
        """Press a button on a letter's page."""
        page = self.alice.get(f"/admin/mail/{number}")
        return self.alice.post(f"/admin/mail/{number}/{button}", {"csrf_token": self.alice.token_in(page)})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "microblog.db").write_bytes(sqlite_template.read_bytes())
    site = RunningSite(folder, f"sqlite:///{folder}/microblog.db", {"ADMINS": "alice@example.com, Dora@bücher.example"})
    site.start(deliver=False)
    yield Desk(site, member(site, "alice"), member(site, "bob"))
    site.stop()


def same(answer: Answer) -> tuple[object, ...]:
    """Return all of an answer that could tell two pages apart, but its own address and the form's token and id."""
    body = answer.text.replace(answer.path, "/").replace(answer.path.replace("/", "%2F"), "/")
    body = re.sub(HIDDEN, "", body)
    headers = {name: value for name, value in answer.headers.items() if name not in ("Date", "Content-Length")}
    headers.pop("Set-Cookie", None)
    return answer.status, headers, body


def test_for_everybody_but_admins_there_is_no_desk(desk: Desk) -> None:
    desk.put(State.FAILED)
    for visitor in (desk.bob, desk.site.visitor()):
        for path in PATHS:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                answer, nowhere = (visitor.ask(method, one, follow=False) for one in (path, "/no/such/page"))
                assert answer.status == 404, (method, path)
                assert same(answer) == same(nowhere), (method, path)
    assert "There is no such page" in desk.bob.get("/admin/mail").words


def test_a_token_of_ones_own_opens_no_door_either(desk: Desk) -> None:
    number = desk.put(State.FAILED)
    token = desk.bob.token_in(desk.bob.get("/index"))
    for button in ("retry", "drop"):
        assert desk.bob.post(f"/admin/mail/{number}/{button}", {"csrf_token": token}).status == 404
    assert desk.state(number) == State.FAILED


def test_a_visitor_is_offered_to_sign_in_on_every_page_that_is_not_there(desk: Desk) -> None:
    visitor = desk.site.visitor()
    for path in ("/admin/mail", "/no/such/page"):
        assert f'href="/login?next={path}"' in visitor.get(path).text
    assert "/login?next" not in desk.bob.get("/no/such/page").text


@pytest.mark.parametrize(
    ("address", "admin"),
    [
        ("alice@example.com", True),
        ("Alice@Example.COM", True),
        ("dora@xn--bcher-kva.example", True),
        ("alice@example.com.evil.example", False),
        ("alice@example.org", False),
        ("alice+admin@example.com", False),
        ("a.lice@example.com", False),
        ("\N{CYRILLIC SMALL LETTER A}lice@example.com", False),
        ("alice@ex\N{CYRILLIC SMALL LETTER A}mple.com", False),
        ('"alice@example.com"@evil.example', False),
        ("al\N{LATIN SMALL LETTER DOTLESS I}ce@example.com", False),
        ("dora@bucher.example", False),
        ("alice", False),
        ("", False),
    ],
)
def test_an_admin_is_whose_address_is_the_same_mailbox(address: str, admin: bool) -> None:
    asking = Member(account_id=1, username="alice", email=address, secret="", session_id=1, seen_at=NOON)
    assert is_admin(asking, ("alice@example.com", "Dora@bücher.example")) is admin
    assert not is_admin(asking, ())


def test_an_admins_address_may_differ_in_case_and_a_name_alone_makes_none(desk: Desk) -> None:
    assert member(desk.site, "carol", "DORA@BÜCHER.EXAMPLE").get("/admin/mail").status == 200
    for username, address in [("admin", "alice@example.org"), ("alice.example.com", "alice@example.com.example")]:
        assert member(desk.site, username, address).get("/admin/mail").status == 404


def test_without_admins_nobody_has_a_desk(page_site: RunningSite) -> None:
    visitor = member(page_site, "alice")
    assert visitor.get("/admin/mail").status == 404
    assert "/admin/mail" not in visitor.get("/index").text


def test_admins_alone_are_shown_the_way(desk: Desk) -> None:
    link = '<a href="/admin/mail">'
    assert link in desk.alice.get("/index").text
    assert link not in desk.bob.get("/index").text
    assert link not in desk.site.visitor().get("/login").text
    assert desk.alice.get("/admin").path == "/admin/mail"


def test_an_admin_who_signs_out_leaves_the_desk(desk: Desk) -> None:
    visitor = desk.site.visitor()
    visitor.sign_in("alice", PASSWORD)
    assert visitor.get("/admin/mail").status == 200
    visitor.sign_out()
    assert visitor.get("/admin/mail").status == 404


def test_an_empty_outbox_is_calm_but_for_the_missing_worker(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(ADMINS="alice@example.com").start(deliver=False)
    page = member(site, "alice").get("/admin/mail")
    assert (page.status, page.title) == (200, "Mail")
    for words in (
        "No worker is alive, so no letter leaves.",
        "No letter is on its way.",
        "Nothing was posted, and nothing left.",
        "No letter was ever posted.",
    ):
        assert words in page.words


def test_no_question_however_strange_is_too_much(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(ADMINS="alice@example.com").start(deliver=False)
    put_email(site.database, State.SENT)
    alice = member(site, "alice")
    strange = ["", "-1", "0", "1.5", "²", "9" * 19, "9" * 5000, "\0", "\ud800", HOSTILE, "' OR 1=1 --", "%", "x" * 7000]
    for value in strange:
        raw = quote(value.encode("utf-8", "surrogatepass"))
        for name in ("state", "kind", "search", "before", "after"):
            assert alice.get(f"/admin/mail?{name}={raw}").status == 200, (name, value[:20])
        for path in ("/admin/mail/{}", "/admin/letters/{}", "/admin/letters/reset_password/html?scheme={}"):
            assert alice.get(path.format(raw)).status == 404, (path, value[:20])


def test_the_outbox_at_a_glance(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(ADMINS="alice@example.com").start(deliver=False)
    put_email(site.database, queued_at=NOON - timedelta(hours=3))
    for state in (State.SENT, State.SENT, State.FAILED, State.DROPPED):
        put_email(site.database, state, queued_at=NOON - timedelta(minutes=5))
    with site.database.writing() as session:
        started: dict[str, Any] = {"version": "1.2.3", "started_at": NOON - timedelta(days=2)}
        session.add(WorkerSeen(id="a", name="web-1, process 7", seen_at=NOON, trouble="421 4.7.0 busy", **started))
        session.add(WorkerSeen(id="b", name="web-2", seen_at=NOON - timedelta(minutes=3), trouble="old", **started))
    page = member(site, "alice").get("/admin/mail")
    tiles = re.findall(r'<a class="tile( tile-bad)?".*?</a>', page.text, re.DOTALL)
    assert tiles == ["", "", "", " tile-bad", "", ""]
    for words in (
        "1 waiting now",
        "2 sent in 24 hours 2 ever",
        "1 failed in 24 hours",
        "was posted 3 hours ago: letter 1",
        "4 posted 2 sent 1 dropped 1 failed or expired",
        "11:55 4 2 1 1",
        "The mail server cannot be used. Emails wait, and leave once it works again. It said: 421 4.7.0 busy",
        "alive web-1, process 7 for 2 days, version 1.2.3",
        "silent web-2 not heard of for 3 minutes",
    ):
        assert words in page.words, page.words
    assert "old" not in page.words.split()
    assert page.text.count("<rect") == 3


def test_letters_are_found_by_state_kind_address_and_number(desk: Desk) -> None:
    erik = {"to": "erik@example.com"}
    failed = desk.put(State.FAILED, "550 5.1.1 nobody", **erik)
    sent = desk.put(State.SENT, "250 OK", kind="sign_up", **erik)
    asked = {
        "search=ERIK@example.com": [sent, failed],
        "search=erik@example.com&state=failed": [failed],
        "search=erik@example.com&kind=sign_up": [sent],
        "search=erik@example.com&kind=sign_up&state=failed": [],
        f"search={failed}": [failed],
        "search=erik@example.com&state=lost&kind=none": [sent, failed],
    }
    for query, numbers in asked.items():
        page = desk.alice.get(f"/admin/mail?{query}")
        assert listed(page) == numbers, query
    assert "550 5.1.1 nobody" in desk.alice.get(f"/admin/mail?search={failed}").words
    nothing = desk.alice.get("/admin/mail?search=nobody")
    assert "There are no such letters." in nothing.words
    assert nothing.value_of("search") == "nobody"


def test_letters_are_read_page_by_page(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(ADMINS="alice@example.com").start(deliver=False)
    made = [put_email(site.database, State.SENT, kind="sign_up") for _ in range(120)]
    alice = member(site, "alice")
    pages = [alice.get("/admin/mail?kind=sign_up")]
    for button in ("Older", "Older", "Newer", "Newest"):
        link = re.search(rf'href="([^"]+)">{button}<', pages[-1].text)
        assert link
        pages.append(alice.get(unescape(link[1])))
    assert [listed(page) for page in pages] == [
        made[:69:-1],
        made[69:19:-1],
        made[19::-1],
        made[69:19:-1],
        made[:69:-1],
    ]
    assert ">Older<" not in pages[2].text
    assert ">Newer<" not in pages[0].text


def listed(page: Answer) -> list[int]:
    """Return the numbers of the letters on a page."""
    return [int(number) for number in re.findall(r'class="outbox-to" href="/admin/mail/(\d+)"', page.text)]


def test_a_letter_is_shown_with_every_try_and_never_with_what_it_says(desk: Desk) -> None:
    said = f"554 5.7.1 spam: https://blog.example/reset_password/{TOKEN}"
    number = desk.put(State.FAILED, "450 4.2.0 later", said, reason="refused", message_id="<1@blog.example>")
    page = desk.alice.get(f"/admin/mail/{number}")
    assert (page.status, page.title) == (200, f"Email {number}")
    for words in (
        "failed The mail server refused it for good.",
        "To alice@example.com Kind reset_password Posted 22 Nov 2026, 12:00:00 UTC Ended 22 Nov 2026, 12:02:00 UTC",
        "<1@blog.example>",
        "1 22 Nov 2026, 12:01:00 waiting 450 4.2.0 later",
        "2 22 Nov 2026, 12:02:00 failed 554 5.7.1 spam: <link>",
    ):
        assert words in page.words, page.words
    for one in (page, desk.alice.get("/admin/mail")):
        assert FACT not in one.text
        assert TOKEN not in one.text
        assert one.headers["Cache-Control"] == "no-store"


def test_nothing_a_stranger_wrote_becomes_part_of_the_page(desk: Desk) -> None:
    number = desk.put(
        State.FAILED, f"550 {HOSTILE}", to=f"{HOSTILE}@example.com", kind=HOSTILE, reason=HOSTILE, message_id=HOSTILE
    )
    dropped = desk.put(State.DROPPED, reason=HOSTILE, to=f'" onclick="alert(1)" {HOSTILE}')
    with desk.site.database.writing() as session:
        session.add(WorkerSeen(id="x", name=HOSTILE, version=HOSTILE, started_at=NOON, seen_at=NOON, trouble=HOSTILE))
    for path in (f"/admin/mail/{number}", f"/admin/mail/{dropped}", "/admin/mail", f"/admin/mail?search={HOSTILE}"):
        page = desk.alice.get(path.replace("<", "%3C").replace(">", "%3E"))
        assert page.status == 200
        assert "alert('x')" in page.words
        assert "<script>" not in page.text
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', page.text))
    with desk.site.database.writing() as session:
        session.delete(session.get_one(WorkerSeen, "x"))


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.DROPPED, State.WAITING])
def test_a_letter_is_tried_again_by_a_button(desk: Desk, state: State, caplog: pytest.LogCaptureFixture) -> None:
    number = desk.put(state, "450 4.2.0 later", due_at=NOON + timedelta(hours=1))
    with caplog.at_level(logging.INFO, "microblog.mail.admin.actions"):
        page = desk.press(number, "retry")
    assert (page.status, page.path) == (200, f"/admin/mail/{number}")
    assert "This email is due now." in page.words
    letter = email_in(desk.site.database, number)
    assert (letter.state, letter.due_at) == (State.WAITING, NOON)
    assert f"retry of letter id={number} by account id=1" in caplog.text


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING])
def test_a_letter_on_its_way_is_dropped_by_a_button_that_asks_first(desk: Desk, state: State) -> None:
    number = desk.put(state)
    page = desk.alice.get(f"/admin/mail/{number}")
    assert re.search(r"<details[^>]*>\s*<summary[^>]*>Drop it …</summary>\s*<form", page.text)
    page = desk.press(number, "drop")
    assert "This email is dropped" in page.words
    assert ("a worker had it in hand" in page.words) is (state == State.SENDING)
    assert desk.state(number) == State.DROPPED


def test_what_cannot_be_done_has_no_button_and_is_refused_in_words(desk: Desk) -> None:
    refused = {
        ("retry", desk.put(State.SENT, "250 OK")): "This email was sent.",
        ("retry", desk.put(State.SENDING)): "A worker is sending this email now.",
        ("retry", desk.put(State.FAILED, to="", payload={})): "was deleted when its time was over",
        ("drop", desk.put(State.SENT)): "This email has ended already",
        ("drop", desk.put(State.FAILED)): "This email has ended already",
    }
    for (button, number), words in refused.items():
        before = email_in(desk.site.database, number)
        assert f"/admin/mail/{number}/{button}" not in desk.alice.get(f"/admin/mail/{number}").text
        token = desk.alice.token_in(desk.alice.get("/index"))
        page = desk.alice.post(f"/admin/mail/{number}/{button}", {"csrf_token": token})
        assert words in page.words
        assert 'class="notice notice-error"' in page.text
        assert desk.state(number) == before.state


def test_a_change_needs_the_forms_own_token_and_our_own_page(desk: Desk) -> None:
    number = desk.put(State.WAITING)
    token = desk.alice.token_in(desk.alice.get(f"/admin/mail/{number}"))
    for button in ("retry", "drop"):
        path = f"/admin/mail/{number}/{button}"
        assert desk.alice.post(path, {}).status == 400
        assert desk.alice.post(path, {"csrf_token": "made up"}).status == 400
        body = urlencode({"csrf_token": token}).encode()
        assert desk.alice.ask("POST", path, body, headers={"Origin": "https://evil.example"}).status == 400
        assert desk.alice.get(path).status == 405
    assert desk.state(number) == State.WAITING


def test_a_letter_that_is_not_there_is_not_found(desk: Desk) -> None:
    token = desk.alice.token_in(desk.alice.get("/index"))
    for number in ("0", "4711", "-1", "1.0", "x", "²", "01x", str(2**63 - 1), str(2**63), "9" * 5000):
        path = f"/admin/mail/{quote(number)}"
        assert desk.alice.get(path).status == 404, number
        for button in ("retry", "drop"):
            assert desk.alice.post(f"{path}/{button}", {"csrf_token": token}).status == 404, number


def test_looking_changes_nothing(desk: Desk) -> None:
    numbers = [desk.put(state, "450 later") for state in State]
    before = rows(desk.site)
    for path in (
        "/admin/mail",
        "/admin/mail?state=failed&before=9",
        "/admin/letters",
        *(f"/admin/mail/{one}" for one in numbers),
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert desk.alice.ask(method, path).status == 200
    for number in numbers:
        for button in ("retry", "drop"):
            desk.alice.get(f"/admin/mail/{number}/{button}")
    assert rows(desk.site) == before


def rows(site: RunningSite) -> list[list[str]]:
    """Return all that the tables of mail hold."""
    with site.database.reading() as session:
        return [sorted(str(row) for row in session.execute(select(one.__table__))) for one in (Email, Try, WorkerSeen)]


def held(desk: Desk) -> int:
    return sum(desk.state(number) == State.HELD for number in range(1, 1000) if exists(desk, number))


def exists(desk: Desk, number: int) -> bool:
    with desk.site.database.reading() as session:
        return session.get(Email, number) is not None


def test_held_emails_are_told_of_and_sent_or_dropped_by_buttons(desk: Desk) -> None:
    drop_held(desk.site.database, NOON, "a test")  # what other tests put there
    assert "held since this site was restored" not in desk.alice.get("/admin/mail").words
    first, second = desk.put(State.HELD), desk.put(State.HELD)
    page = desk.alice.get("/admin/mail")
    assert "2 emails are held since this site was restored from a backup." in page.words
    assert "It is held since this site was restored" in desk.alice.get(f"/admin/mail/{first}").words
    assert "due now" in desk.press(first, "retry").words
    assert (desk.state(first), desk.state(second)) == (State.WAITING, State.HELD)
    for button, state in (("release", State.WAITING), ("drop", State.DROPPED)):
        desk.put(State.HELD)
        before = desk.put(State.HELD)
        token = desk.alice.token_in(desk.alice.get("/admin/mail"))
        done = desk.alice.post(f"/admin/mail/held/{button}", {"csrf_token": token})
        assert done.path == "/admin/mail"
        assert "emails d" in done.words
        assert desk.state(before) == state
        assert held(desk) == 0

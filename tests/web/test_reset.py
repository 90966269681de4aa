"""/reset_password: the link of the letter, and the new password."""

import logging
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from microblog.audit import EventType
from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.identity import Account
from microblog.ownership import ReportableChange
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor
from web.recovering import add_second, settled

BOTH = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
SEEN = (EventType.RESET_REQUESTED, EventType.RESET_LINK_OPENED, EventType.RESET_LINK_REFUSED)
CHANGED = "[Microblog] Your Password Was Changed"


def ask(site: RunningSite, name: str, letters: int) -> str:
    """Ask for a letter, and return its link once there are so many letters."""
    site.visitor().submit("/reset_password_request", email=name)
    letter = site.letters(letters)[-1]
    assert letter.summary.subject == "[Microblog] Reset Your Password"
    return link_in(letter.text)


def members_link(site: RunningSite) -> str:
    """Sign Alice up, and return a link for her."""
    site.sign_up("alice")
    return ask(site, "alice", 2)


def send(visitor: Visitor, page: Answer, **fields: str) -> Answer:
    """Send the form of a page that is open already."""
    return visitor.post(page.url, {"csrf_token": visitor.token_in(page), **BOTH, **fields})


def events(site: RunningSite) -> list[str]:
    """What changed, in order. That a letter was asked for, and its link opened or refused, has tests of its own."""
    with site.database.reading() as db:
        kinds = db.scalars(select(Event.kind).order_by(Event.id))
        return [kind for kind in kinds if kind not in SEEN]


def dead(answer: Answer, status: int, title: str) -> bool:
    """Tell whether a page says so, and offers a new letter."""
    return (answer.status, answer.title) == (status, title) and 'href="/reset_password_request"' in answer.text


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[RunningSite, str]]:
    """A site and a living link of it, for tests that leave both as they are."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    running = RunningSite(folder, f"sqlite:///{path}").start()
    yield running, members_link(running)
    running.stop()


def test_opening_the_link_takes_the_token_out_of_the_address_and_changes_nothing(
    site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = members_link(site)
    token = link.rpartition("/")[2]
    visitor = site.visitor()
    for _ in range(2):
        assert visitor.ask("HEAD", link).status == 200
        moved = visitor.get(link, follow=False)
        assert (moved.status, moved.headers["Location"]) == (303, "/reset_password")
        assert (moved.headers["Cache-Control"], moved.headers["Referrer-Policy"]) == ("no-store", "same-origin")
        page = visitor.get(link)
        assert (page.path, page.title) == ("/reset_password", "Choose a new password")
        assert "alice" in page.words
        assert page.headers["Cache-Control"] == "no-store"
        assert token not in moved.text + page.text
    assert events(site) == ["signed_up"]
    assert send(visitor, page).path == "/login"
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "/reset_password/<path:token>" in said
    assert not any(part in said for part in token.split(".")[1:])
    assert NEW_PASSWORD not in said


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        (NEW_PASSWORD, NEW_PASSWORD + " ", "not the same"),
        (NEW_PASSWORD, "", "once more"),
        ("", "", "Please choose a new password."),
        ("short words", "short words", "has 11 of at least 12 characters"),
        ("password1234", "password1234", "common passwords"),
        ("alice-alice-alice", "alice-alice-alice", "your name"),
        ("x" * 1025, "x" * 1025, "longer than 1024"),
    ],
)
def test_a_refused_password_says_why_and_the_link_stays_alive(
    opened: tuple[RunningSite, str], password: str, again: str, why: str
) -> None:
    site, link = opened
    visitor = site.visitor()
    page = visitor.get(link)
    answer = send(visitor, page, password=password, password2=again)
    assert answer.status == 422
    assert why in answer.words
    assert answer.title == "Choose a new password"
    assert answer.value_of("password") is None
    assert answer.value_of("password2") is None
    assert not password or password not in answer.text
    assert site.visitor().get(link).status == 200
    assert events(site) == ["signed_up"]


def test_the_reset_changes_the_password_ends_all_links_and_logins_and_tells_the_owner(site: RunningSite) -> None:
    first = members_link(site)
    site.clock.move(minutes=1)
    second = ask(site, "alice", 3)
    phone, laptop, elsewhere = site.visitor(), site.visitor(), site.visitor()
    phone.sign_in("alice", PASSWORD, remember_me="y")
    laptop.sign_in("alice", PASSWORD)
    done = elsewhere.submit(second, follow=True, **BOTH)
    assert done.path == "/login"
    assert "Your password has been reset" in done.words
    assert [browser.signed_in_as() for browser in (phone, laptop, elsewhere)] == [None, None, None]
    for link in (first, second):
        assert dead(site.visitor().get(link), 410, "This link has been used or replaced")
    assert phone.sign_in("alice", PASSWORD).status == 422
    assert phone.sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"
    assert events(site).count("password_reset") == 1
    letter = site.letters(4)[-1]
    assert (letter.summary.subject, letter.summary.to) == (CHANGED, "alice@example.com")
    assert link_in(letter.text).startswith(f"{site.base}/not-me/")
    assert "/reset_password/" not in letter.source


def test_other_members_stay_signed_in(site: RunningSite) -> None:
    link = members_link(site)
    bob = site.sign_up("bob")
    bob.sign_in("bob", PASSWORD)
    site.visitor().submit(link, follow=True, **BOTH)
    assert bob.signed_in_as() == "bob"


def test_the_link_lives_its_minutes_from_when_the_letter_left(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(RESET_LINK_MINUTES="3").start()
    site.sign_up("alice")
    site.worker.stop()
    site._threads[1].join(10)
    site.visitor().submit("/reset_password_request", email="alice")
    site.clock.move(hours=2)
    assert site.delivery.deliver_batch() == 1
    letter = site.letters(2)[-1]
    assert "until 14:03 UTC on 22 November (3 minutes after this letter left)" in letter.text
    link, visitor = link_in(letter.text), site.visitor()
    site.clock.move(minutes=2, seconds=59)
    page = visitor.get(link)
    assert page.status == 200
    site.clock.move(seconds=1)
    for answer in (site.visitor().get(link), visitor.get("/reset_password"), send(visitor, page)):
        assert dead(answer, 410, "This link has expired")
        assert "3 minutes" in answer.words
    assert events(site) == ["signed_up"]


def test_an_altered_link_says_that_it_is_not_complete(opened: tuple[RunningSite, str]) -> None:
    site, link = opened
    start, _, token = link.rpartition("/")
    head, claims, signature = token.split(".")
    altered = [
        f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        f"{head}.{claims[:10]}x{claims[11:]}.{signature}",
        f"{head}.{claims}.",
        f"{head}.{claims}",
        token[:-1],
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + claims + ".",
        "x",
        "%00",
        "%ff%fe",
        "a" * 1100,
    ]
    for one in altered:
        answer = site.visitor().get(f"{start}/{one}")
        assert dead(answer, 400, "This link is not complete, or not from here"), one


def test_a_link_of_another_kind_or_another_site_opens_nothing(site: RunningSite, tmp_path: Path) -> None:
    fields = {"password": PASSWORD, "password2": PASSWORD}
    owner = site.visitor()
    owner.submit("/register", follow=True, username="alice", email="alice@example.com", **fields)
    sign_up = link_in(site.letters(1)[0].text)
    as_reset = sign_up.replace("/register/finish/", "/reset_password/")
    assert dead(site.visitor().get(as_reset), 400, "This link is not complete, or not from here")
    owner.submit(sign_up)
    reset = ask(site, "alice", 2)
    assert site.visitor().get(reset.replace("/reset_password/", "/register/finish/")).status == 410
    same_key = {"SECRET_KEY": site.settings.secret_key.decode()}
    other = RunningSite(tmp_path / "other", site.settings.database_url, same_key).start(deliver=False)
    foreign = other.visitor().get(reset.replace(site.base, other.base))
    assert dead(foreign, 400, "This link is not complete, or not from here")
    other.stop()


def test_without_an_opened_link_there_is_no_form(opened: tuple[RunningSite, str]) -> None:
    site, _ = opened
    visitor = site.visitor()
    assert dead(visitor.get("/reset_password"), 400, "Please open the link in the email")
    token = visitor.token_in(visitor.get("/login"))
    posted = visitor.post("/reset_password", {"csrf_token": token, **BOTH})
    assert posted.status == 400
    assert 'href="/reset_password_request"' in posted.text
    assert events(site) == ["signed_up"]


def test_of_five_simultaneous_posts_exactly_one_wins_and_each_address_gets_one_letter(site: RunningSite) -> None:
    link = members_link(site)
    add_second(site, "alice@backup.example")
    passwords = [f"{NEW_PASSWORD} number {number}" for number in range(5)]
    visitors = [site.visitor() for _ in passwords]
    pages = [visitor.get(link) for visitor in visitors]

    def press(number: int) -> bool:
        answer = send(visitors[number], pages[number], password=passwords[number], password2=passwords[number])
        assert answer.path == "/login" or dead(answer, 410, "This link has been used or replaced")
        return answer.path == "/login"

    with ThreadPoolExecutor(5) as pool:
        won = list(pool.map(press, range(5)))
    assert won.count(True) == 1
    assert site.visitor().sign_in("alice", passwords[won.index(True)]).title == "Hi, alice!"
    assert events(site).count("password_reset") == 1
    told = [letter.summary.to for letter in site.letters(4) if letter.summary.subject == CHANGED]
    assert sorted(told) == ["alice@backup.example", "alice@example.com"]
    settled(site)
    assert len(site.letters(4)) == 4
    with site.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(ReportableChange)) == 1


def test_whoever_is_signed_in_as_the_same_member_resets_and_signs_in_anew(site: RunningSite) -> None:
    link = members_link(site)
    alice = site.visitor()
    alice.sign_in("alice", PASSWORD)
    page = alice.get(link)
    assert "You are signed in here as" not in page.words
    assert "Your password has been reset" in send(alice, page).words
    assert alice.signed_in_as() is None
    before = {"csrf_token": alice.token_in(page), "email": "alice"}
    assert alice.post("/reset_password_request", before).status == 400, "nothing of the session before is left"


def test_whoever_is_signed_in_as_somebody_else_is_told_so_and_signed_out(site: RunningSite) -> None:
    link = members_link(site)
    bob = site.sign_up("bob")
    bob.sign_in("bob", PASSWORD)
    page = bob.get(link)
    assert "You are signed in here as bob. This link is for alice" in page.words
    assert bob.signed_in_as() == "bob"
    assert "Your password has been reset" in send(bob, page).words
    assert bob.signed_in_as() is None
    with site.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignInSession)) == 0
    assert bob.sign_in("bob", PASSWORD).title == "Hi, bob!"


@pytest.mark.parametrize("change", ["email_key", "deactivated_at", "password_hash"])
def test_a_change_of_the_account_ends_its_links(site: RunningSite, change: str) -> None:
    link = members_link(site)
    visitor = site.visitor()
    page = visitor.get(link)
    values = {"email_key": "new@example.com", "deactivated_at": site.clock.now, "password_hash": "another"}
    with site.database.writing() as db:
        db.execute(update(Account).values({change: values[change]}))
        before = db.scalars(select(Account.password_hash)).one()
    for answer in (site.visitor().get(link), send(visitor, page)):
        assert dead(answer, 410, "This link has been used or replaced")
    with site.database.reading() as db:
        assert db.scalars(select(Account.password_hash)).one() == before
    assert "password_reset" not in events(site)


def test_a_link_works_on_another_device_than_the_one_that_asked(site: RunningSite) -> None:
    site.sign_up("alice")
    desk, phone = site.visitor(**{"User-Agent": "Firefox/140.0 Windows"}), site.visitor(**{"User-Agent": "iPhone"})
    desk.submit("/reset_password_request", email="alice")
    answer = phone.submit(link_in(site.letters(2)[-1].text), follow=True, **BOTH)
    assert "Your password has been reset" in answer.words
    assert phone.sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"


def test_the_form_helps_password_managers_and_tells_the_rules_first(opened: tuple[RunningSite, str]) -> None:
    site, link = opened
    page = site.visitor().get(link)
    assert "At least 12 characters" in page.words
    assert page.value_of("username") == "alice"
    assert page.text.count('autocomplete="username"') == 1
    assert page.text.count('autocomplete="new-password"') == 2


def test_the_page_says_that_it_signs_everybody_out(opened: tuple[RunningSite, str]) -> None:
    site, link = opened
    alice = site.visitor()
    alice.sign_in("alice", PASSWORD)
    assert "Everybody who is signed in as you now will be signed out." in alice.get(link).words


def test_the_letter_alone_signs_nobody_in(site: RunningSite) -> None:
    link = members_link(site)
    visitor = site.visitor()
    visitor.get(link)
    assert visitor.signed_in_as() is None
    send(visitor, visitor.get(link))
    assert visitor.signed_in_as() is None


def test_a_page_left_open_in_another_tab_changes_nobody_elses_password(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    site.sign_up("bobby")
    for name in ("alice", "bobby"):
        alice.submit("/reset_password_request", email=name)
    links = {letter.text.split()[1].strip(","): link_in(letter.text) for letter in site.letters(4)[2:]}
    first_tab = alice.get(links["alice"])
    alice.get(links["bobby"])
    fields = {"csrf_token": alice.token_in(first_tab)}
    for username in ("", "alice"):
        chosen = {"username": username, "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
        answer = alice.post("/reset_password", fields | chosen)
        assert answer.status == 409
        assert "now for the account bobby" in answer.words
    assert alice.sign_in("bobby", PASSWORD).title == "Hi, bobby!"

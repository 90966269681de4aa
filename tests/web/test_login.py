"""/login and /logout."""

import re
import shutil
import time
from collections.abc import Iterator
from http.cookiejar import Cookie
from pathlib import Path
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.auth.passwords import needs_rehash
from microblog.identity import Account
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Answer, Visitor

DAY = 86400


@pytest.fixture(scope="module")
def page_site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site with one member, for tests that change nothing but logins."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    running = RunningSite(folder, f"sqlite:///{path}", {"LIMIT_SIGN_IN_PER_IDENTIFIER": "off"}).start()
    running.sign_up("alice", "Alice@example.com")
    yield running
    running.stop()


def logins(site: RunningSite) -> int:
    """How many logins there are."""
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(SignInSession)) or 0


def cookie(visitor: Visitor) -> Cookie:
    """The cookie of the session."""
    return visitor.cookies["microblog"]


def log_in(visitor: Visitor, path: str) -> Answer:
    """Send the form at a path, as Alice, and show the redirect."""
    return visitor.submit(path, follow=False, username="alice", password=PASSWORD)


@pytest.mark.parametrize(
    "name", ["alice", "ALICE", " Alice ", "alice@example.com", "ALICE@EXAMPLE.COM", "Alice@Example.com"]
)
def test_a_member_signs_in_with_username_or_address_in_any_case(page_site: RunningSite, name: str) -> None:
    visitor = page_site.visitor()
    assert visitor.sign_in(name, PASSWORD).title == "Hi, alice!"
    assert visitor.signed_in_as() == "alice"


@pytest.mark.parametrize(
    "password", [PASSWORD + " ", " " + PASSWORD, PASSWORD.title(), PASSWORD[:-1], PASSWORD.replace(" ", "")]
)
def test_a_password_that_is_nearly_right_is_wrong(page_site: RunningSite, password: str) -> None:
    assert page_site.visitor().sign_in("alice", password).status == 422


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(page_site: RunningSite) -> None:
    answers = []
    for name in ("alice", "nobody", "alice@example.com", "nobody@example.com", "' OR 1=1 --"):
        visitor = page_site.visitor()
        answer = visitor.sign_in(name, NEW_PASSWORD)
        assert answer.value_of("username") == name
        assert NEW_PASSWORD not in answer.text
        page = re.sub(r'value="[^"]*"', "", answer.text)
        answers.append((answer.status, answer.path, page, sorted(answer.headers.keys()), cookie(visitor).name))
    assert answers[0][0] == 422
    assert "That name and password do not go together" in answers[0][2]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("", PASSWORD, "Please type your username or email address."),
        ("alice", "", "Please type your password."),
        ("ali\0ce", PASSWORD, "cannot be used here"),
        ("a" * 255, PASSWORD, "254"),
    ],
)
def test_a_form_that_cannot_be_right_is_refused_with_the_reason(
    page_site: RunningSite, name: str, password: str, why: str
) -> None:
    answer = page_site.visitor().sign_in(name, password)
    assert answer.status == 422
    assert why in answer.words
    assert not password or password not in answer.text


def test_a_new_site_has_no_account_that_opens(site: RunningSite) -> None:
    with site.database.reading() as db:
        assert db.scalars(select(Account)).all() == []
    for name in ("admin", "root", "microblog", "admin@example.com"):
        assert site.visitor().sign_in(name, "admin").status == 422


def test_a_password_is_good_for_years(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    site.clock.move(days=4000)
    answer = visitor.sign_in("alice", PASSWORD)
    assert (answer.status, answer.path, answer.title) == (200, "/index", "Hi, alice!")


def test_signing_in_starts_a_fresh_session(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    page = visitor.get("/login")
    before, token = cookie(visitor).value, visitor.token_in(page)
    visitor.sign_in("alice", PASSWORD)
    assert cookie(visitor).value != before
    assert visitor.token_in(visitor.get("/index")) != token
    assert visitor.post("/reset_password_request", {"csrf_token": token, "email": "alice"}).status == 400
    thief = page_site.visitor()
    thief.headers["Cookie"] = f"microblog={before}"
    assert thief.signed_in_as() is None


@pytest.mark.parametrize("more", [{}, {"remember_me": "y"}], ids=["for now", "remembered"])
def test_signing_out_starts_a_fresh_session_too(page_site: RunningSite, more: dict[str, str]) -> None:
    visitor = page_site.visitor()
    visitor.sign_in("alice", PASSWORD, **more)
    before, token = cookie(visitor).value, visitor.token_in(visitor.get("/index"))
    visitor.sign_out()
    assert cookie(visitor).value != before
    assert visitor.token_in(visitor.get("/login")) != token
    assert visitor.post("/reset_password_request", {"csrf_token": token, "email": "alice"}).status == 400
    thief = page_site.visitor(Cookie=f"microblog={before}")
    assert thief.signed_in_as() is None
    assert thief.get("/index").path == "/login"


def test_a_second_sign_in_begins_another_session_and_the_first_ones_cookie_is_over(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    page = visitor.get("/login")
    visitor.sign_in("alice", PASSWORD, remember_me="y")
    first, token = cookie(visitor).value, visitor.token_in(visitor.get("/index"))
    visitor.post(page.url, {"csrf_token": token, "username": "alice", "password": PASSWORD})
    assert visitor.signed_in_as() == "alice"
    assert visitor.token_in(visitor.get("/index")) != token
    assert page_site.visitor(Cookie=f"microblog={first}").signed_in_as() is None


def test_the_cookie_ends_with_the_browser_unless_it_shall_remember(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    visitor.sign_in("alice", PASSWORD)
    assert cookie(visitor).expires is None
    visitor.sign_out()
    visitor.sign_in("alice", PASSWORD, remember_me="y")
    lasts = (cookie(visitor).expires or 0) - time.time()
    assert 30 * DAY <= lasts < 31 * DAY
    visitor.sign_out()
    assert cookie(visitor).expires is None


def test_signing_out_ends_the_login_and_its_cookie_opens_nothing_any_more(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    visitor.sign_in("alice", PASSWORD, remember_me="y")
    stolen = site.visitor(Cookie=f"microblog={cookie(visitor).value}")
    assert stolen.signed_in_as() == "alice"
    out = visitor.sign_out()
    assert (out.path, "You are signed out." in out.words) == ("/login", True)
    assert visitor.signed_in_as() is None
    assert stolen.signed_in_as() is None
    assert logins(site) == 0
    with site.database.reading() as db:
        assert db.scalars(select(Event.kind).order_by(Event.id)).all()[-2:] == ["signed_in", "signed_out"]


def test_logins_on_several_devices_are_independent(site: RunningSite) -> None:
    site.sign_up("alice")
    phone, laptop = site.visitor(), site.visitor()
    phone.sign_in("alice", PASSWORD)
    laptop.sign_in("alice", PASSWORD)
    assert logins(site) == 2
    assert cookie(phone).value != cookie(laptop).value
    phone.sign_out()
    assert phone.signed_in_as() is None
    assert laptop.signed_in_as() == "alice"


def test_signing_in_again_in_the_same_browser_ends_the_login_before(site: RunningSite) -> None:
    site.sign_up("alice")
    site.sign_up("bob")
    visitor = site.visitor()
    page = visitor.get("/login")
    visitor.sign_in("alice", PASSWORD)
    old = site.visitor(Cookie=f"microblog={cookie(visitor).value}")
    token = visitor.token_in(visitor.get("/index"))
    visitor.post(page.url, {"csrf_token": token, "username": "bob", "password": PASSWORD})
    assert visitor.signed_in_as() == "bob"
    assert old.signed_in_as() is None
    assert logins(site) == 1


def test_the_database_holds_no_secret_that_signs_in(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    visitor.sign_in("alice", PASSWORD)
    session = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
    secret = session.loads(cookie(visitor).value)["_user_id"]
    with site.database.reading() as db:
        login = db.scalars(select(SignInSession)).one()
        account = db.scalars(select(Account)).one()
    kept = str(vars(login)) + str(vars(account))
    assert len(secret) >= 43
    assert secret not in kept
    assert PASSWORD not in kept
    assert re.fullmatch(r"[0-9a-f]{64}", login.secret_hash)


def test_a_weaker_hash_is_made_anew_at_sign_in_and_only_then(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with site.database.writing() as db:
        db.execute(update(Account).values(password_hash=weak))
    visitor.sign_in("alice", NEW_PASSWORD)
    assert hash_of_alice(site) == weak
    visitor.sign_in("alice", PASSWORD)
    made_anew = hash_of_alice(site)
    assert not needs_rehash(made_anew, PASSWORD)
    assert visitor.signed_in_as() == "alice"
    assert site.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!"
    assert hash_of_alice(site) == made_anew


def hash_of_alice(site: RunningSite) -> str:
    """What is kept of the only member's password."""
    with site.database.reading() as db:
        return db.scalars(select(Account.password_hash)).one()


def test_a_deactivated_member_is_signed_out_and_stays_out(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    visitor.sign_in("alice", PASSWORD)
    with site.database.writing() as db:
        db.execute(update(Account).values(deactivated_at=site.clock.now))
    assert visitor.signed_in_as() is None
    assert "do not go together" in visitor.sign_in("alice", PASSWORD).words


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/%09/evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "/\r\nSet-Cookie: a=b",
        " //evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "?",
        "",
    ],
)
def test_signing_in_leads_nowhere_off_this_site(page_site: RunningSite, wanted: str) -> None:
    visitor = page_site.visitor()
    answer = log_in(visitor, f"/login?next={quote(wanted, safe='%')}")
    assert answer.status == 303
    assert answer.headers["Location"] == "/index"
    assert {cookie.partition("=")[0] for cookie in answer.headers.get_all("Set-Cookie", [])} == {
        "microblog",
        "microblog-known",
    }
    again = visitor.get(f"/login?next={quote(wanted, safe='%')}", follow=False)
    assert again.headers["Location"] == "/index"


@pytest.mark.parametrize("wanted", ["/mailbox", "/mailbox?page=2&x=%C3%A9", "/index"])
def test_signing_in_leads_to_the_page_that_was_wanted(page_site: RunningSite, wanted: str) -> None:
    visitor = page_site.visitor()
    assert visitor.submit(f"/login?next={quote(wanted)}", username="alice", password="wrong").status == 422
    assert log_in(visitor, f"/login?next={quote(wanted)}").headers["Location"] == wanted


def test_a_visitor_of_a_members_page_is_sent_to_sign_in_and_then_there(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    asked = visitor.get("/index")
    assert (asked.status, asked.path, asked.title) == (200, "/login", "Sign in")
    done = visitor.post(asked.url, fields_of(visitor, asked))
    assert (done.path, done.title) == ("/index", "Hi, alice!")


def fields_of(visitor: Visitor, page: Answer) -> dict[str, str]:
    """The sign-in form of a page, filled in as Alice."""
    return {"csrf_token": visitor.token_in(page), "username": "alice", "password": PASSWORD}


def test_whoever_is_signed_in_does_not_see_the_form_again(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    visitor.sign_in("alice", PASSWORD)
    assert visitor.get("/login").path == "/index"

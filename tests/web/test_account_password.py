"""/account/password: another password, for whoever knows the present one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from microblog.auth.models import SignInSession
from microblog.identity import Account
from support.letters import letter_to
from support.members import events_of, member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Answer, Visitor

THIRD = "a lantern under nine bridges"
BOTH = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}


def change(visitor: Visitor, **fields: str) -> Answer:
    return visitor.submit("/account/password", follow=True, **{"current_password": PASSWORD, **BOTH, **fields})


def test_the_password_changes_this_browser_stays_and_all_others_are_out(site: RunningSite) -> None:
    alice = member(site, "alice")
    phone, bob = site.visitor(), member(site, "bob")
    phone.sign_in("alice", PASSWORD, remember_me="y")
    copied = site.visitor()
    copied.jar.set_cookie(alice.cookies["microblog"])
    done = change(alice)
    assert done.path == "/account"
    assert "Your password was changed" in done.words
    assert [one.signed_in_as() for one in (alice, phone, copied, bob)] == ["alice", None, None, "bob"]
    assert phone.sign_in("alice", PASSWORD).status == 422
    assert phone.sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"
    assert events_of(site, "alice").count("password_changed") == 1
    assert letter_to(site, "alice@example.com", "Your Password Was Changed")


def test_whoever_is_remembered_stays_remembered(site: RunningSite) -> None:
    member(site, "alice")
    remembered, other = site.visitor(), site.visitor()
    remembered.sign_in("alice", PASSWORD, remember_me="y")
    change(remembered)
    assert remembered.cookies["microblog"].expires is not None
    other.sign_in("alice", NEW_PASSWORD)
    change(other, current_password=NEW_PASSWORD, password=THIRD, password2=THIRD)
    assert other.cookies["microblog"].expires is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"current_password": NEW_PASSWORD}, "That is not your password."),
        ({"current_password": ""}, "Please type your present password."),
        ({"password2": THIRD}, "not the same"),
        ({"password": "short words", "password2": "short words"}, "has 11 of at least 12 characters"),
        ({"password": "alice-alice-alice", "password2": "alice-alice-alice"}, "your name"),
        ({"password": "password1234", "password2": "password1234"}, "common passwords"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(site: RunningSite, fields: dict[str, str], why: str) -> None:
    alice, phone = member(site, "alice"), site.visitor()
    phone.sign_in("alice", PASSWORD)
    answer = change(alice, **fields)
    assert answer.status == 422
    assert why in answer.words
    for name in ("current_password", "password", "password2"):
        assert answer.value_of(name) is None
    assert (alice.signed_in_as(), phone.signed_in_as()) == ("alice", "alice")
    assert site.visitor().sign_in("alice", PASSWORD).status == 200
    assert "password_changed" not in events_of(site, "alice")


def test_the_form_helps_password_managers_and_tells_the_rules_first(site: RunningSite) -> None:
    page = member(site, "alice").get("/account/password")
    assert "At least 12 characters" in page.words
    assert page.value_of("username") == "alice"
    assert page.text.count('autocomplete="username"') == 1
    assert page.text.count('autocomplete="current-password"') == 1
    assert page.text.count('autocomplete="new-password"') == 2


def test_wrong_passwords_are_noted_and_limited_for_this_login_alone(site: RunningSite) -> None:
    alice, phone = member(site, "alice"), site.visitor()
    phone.sign_in("alice", PASSWORD)
    page = alice.get("/account/password")
    fields = {"csrf_token": alice.token_in(page), **BOTH, "current_password": "wrong"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: alice.post(page.url, fields), range(31)))
    assert sorted({answer.status for answer in answers}) == [422, 429]
    late = change(alice)
    assert late.status == 429
    assert "too often" in late.words
    assert int(late.headers["Retry-After"]) > 0
    assert events_of(site, "alice").count("sign_in_refused") == 30
    assert change(phone).status == 200


def test_the_grave_pages_share_one_count(site_with_few: RunningSite) -> None:
    alice = member(site_with_few, "alice")
    for path in ("/account/password", "/account/address"):
        answer = alice.submit(path, follow=True, current_password="wrong", email="new@example.com", **BOTH)
        assert answer.status == 422
    for path in ("/account/download", "/account/delete"):
        assert alice.submit(path, current_password=PASSWORD, sure="y").status == 429
    assert alice.signed_in_as() == "alice"


def test_of_simultaneous_changes_one_is_made(site: RunningSite) -> None:
    member(site, "alice")
    browsers = [site.visitor() for _ in range(4)]
    pages = []
    for browser in browsers:
        browser.sign_in("alice", PASSWORD)
        pages.append(browser.get("/account/password"))
    wanted = [f"{NEW_PASSWORD} {number}" for number in range(4)]

    def send(number: int) -> Answer:
        fields = {"csrf_token": browsers[number].token_in(pages[number]), "current_password": PASSWORD}
        return browsers[number].post(
            pages[number].url, {**fields, "password": wanted[number], "password2": wanted[number]}
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    won = [number for number, answer in enumerate(answers) if "Your password was changed" in answer.words]
    assert len(won) == 1
    assert events_of(site, "alice").count("password_changed") == 1
    assert site.visitor().sign_in("alice", wanted[won[0]]).title == "Hi, alice!"


def test_links_to_reset_the_password_die_with_it(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/reset_password_request", email="alice")
    link = next(word for word in letter_to(site, "alice@example.com", "Reset").text.split() if "://" in word)
    change(alice)
    assert site.visitor().get(link).status == 410


def test_a_locked_password_is_no_present_password(site: RunningSite) -> None:
    alice = member(site, "alice")
    with site.database.writing() as db:
        db.execute(update(Account).values(password_hash="locked 0123"))
    assert change(alice, current_password="locked 0123").status == 422


def test_password_managers_are_led_here_and_visitors_sign_in_on_the_way(site: RunningSite) -> None:
    alice, visitor = member(site, "alice"), site.visitor()
    moved = visitor.get("/.well-known/change-password", follow=False)
    assert (moved.status, moved.headers["Location"]) == (303, "/account/password")
    assert alice.get("/.well-known/change-password").title == "Change your password"
    page = visitor.get("/.well-known/change-password")
    assert page.title == "Sign in"
    fields = {"csrf_token": visitor.token_in(page), "username": "alice", "password": PASSWORD}
    assert visitor.post(page.url, fields).path == "/account/password"


def test_no_secret_of_a_login_is_kept_readable(site: RunningSite) -> None:
    change(member(site, "alice"))
    with site.database.reading() as db:
        assert [len(one) for one in db.scalars(select(SignInSession.secret_hash))] == [64]

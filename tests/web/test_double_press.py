"""A button pressed twice: the second request is answered as the first was, and nobody else's is."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from microblog.auth.models import SignInSession
from microblog.browser_state import BrowserState
from microblog.mail import Email
from support.letters import letter_to
from support.members import member
from support.places import forms_in
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor
from web.recovering import CHANGED, RESET, letters, link_of

CHOICE = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}


def filled(page: Answer, **typed: str) -> dict[str, str]:
    """A page's own form as a browser would send it, with what somebody typed."""
    form = next(form for form in forms_in(page) if form.path != "/logout" and "csrf_token" in form.filled)
    return {**form.filled, **typed}


def copy_of(visitor: Visitor) -> Visitor:
    """The same browser as it is now: what it sends before it has taken in an answer."""
    copied = Visitor(visitor.base, visitor.headers)
    for cookie in visitor.jar:
        copied.jar.set_cookie(cookie)
    return copied


def press_twice(visitor: Visitor, path: str, fields: Mapping[str, str]) -> tuple[Answer, Answer]:
    """Press once, and again before the browser has seen the first answer; the browser goes on with the second."""
    early = copy_of(visitor)
    first = early.post(path, dict(fields), follow=False)
    return first, visitor.post(path, dict(fields), follow=False)


def assert_same(first: Answer, second: Answer) -> None:
    assert (first.status, second.status) == (303, 303), (first.words[:300], second.words[:300])
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers.get_all("Set-Cookie") == second.headers.get_all("Set-Cookie")


def opened(site: RunningSite) -> tuple[Visitor, Answer]:
    """Alice's browser on the page where she chooses a new password."""
    member(site, "alice")
    site.visitor().submit("/reset_password_request", email="alice")
    visitor = site.visitor()
    return visitor, visitor.get(link_of(site, RESET, 1))


def test_a_new_password_sent_twice_is_set_once_and_both_answers_say_so(site: RunningSite) -> None:
    visitor, page = opened(site)
    first, second = press_twice(visitor, page.path, filled(page, **CHOICE))
    assert_same(first, second)
    assert "Your password has been reset." in visitor.get(second.headers["Location"]).words
    assert len(letters(site, CHANGED, 1)) == 1
    assert site.visitor().sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"


def test_so_it_is_where_the_browser_has_taken_in_the_first_answers_cookie(site: RunningSite) -> None:
    visitor, page = opened(site)
    fields = filled(page, **CHOICE)
    first = visitor.post(page.path, fields, follow=False)
    second = visitor.post(page.path, fields, follow=False)
    assert (second.status, second.headers["Location"]) == (303, first.headers["Location"])
    assert "Your password has been reset." in visitor.get("/login").words


@pytest.mark.parametrize("browsers", [1, 4])
def test_presses_at_the_same_moment_get_one_answer(site: RunningSite, browsers: int) -> None:
    visitor, page = opened(site)
    fields, start = filled(page, **CHOICE), threading.Barrier(browsers + 1)

    def press(browser: Visitor) -> Answer:
        start.wait(10)
        return browser.post(page.path, fields, follow=False)

    with ThreadPoolExecutor(browsers + 1) as pool:
        answers = list(pool.map(press, [copy_of(visitor) for _ in range(browsers + 1)]))
    for answer in answers:
        assert_same(answers[0], answer)
    assert len(letters(site, CHANGED, 1)) == 1


def test_the_second_press_is_answered_by_another_process_that_has_to_wait(
    site: RunningSite, tmp_path: Path, database_url: str
) -> None:
    other = RunningSite(tmp_path / "data", database_url, {"PUBLIC_URL": site.base})
    other.clock = site.clock
    other.start(deliver=False)
    try:
        visitor, page = opened(site)
        fields = filled(page, **CHOICE)
        with ThreadPoolExecutor(2) as pool:
            here, there = copy_of(visitor), copy_of(visitor)
            there.base = f"http://localhost:{other.port}"
            first, second = pool.map(
                lambda browser: browser.post(f"{browser.base}/reset_password", fields, follow=False), (here, there)
            )
        assert_same(first, second)
        assert len(letters(site, CHANGED, 1)) == 1
    finally:
        other.stop()


def test_another_browser_with_the_same_link_is_told_that_it_was_used(site: RunningSite) -> None:
    visitor, page = opened(site)
    other = site.visitor()
    theirs = filled(other.get(link_of(site, RESET, 1)), **CHOICE)
    assert visitor.post(page.path, filled(page, **CHOICE), follow=False).status == 303
    assert other.post("/reset_password", theirs, follow=False).status == 410


def test_whoever_learns_the_whole_form_and_sends_it_from_another_browser_gets_nothing(site: RunningSite) -> None:
    visitor, page = opened(site)
    fields, other = filled(page, **CHOICE), site.visitor()
    other.get(link_of(site, RESET, 1))
    visitor.post(page.path, fields, follow=False)
    answer = other.post(page.path, fields, follow=False)
    assert answer.status == 400
    assert "microblog-known" not in other.cookies
    assert site.visitor().post(page.path, fields, follow=False).status == 400


def test_so_is_this_browser_with_another_password_or_from_the_form_shown_again(site: RunningSite) -> None:
    visitor, page = opened(site)
    again = copy_of(visitor).get("/reset_password")
    early, fields = copy_of(visitor), filled(page, **CHOICE)
    assert copy_of(visitor).post(page.path, fields, follow=False).status == 303
    other = "nine large ships in the sun"
    assert early.post(page.path, {**fields, "password": other, "password2": other}, follow=False).status == 410
    assert early.post(page.path, filled(again, **CHOICE), follow=False).status == 410


def test_a_minute_later_the_same_press_is_told_that_the_link_was_used(site: RunningSite) -> None:
    visitor, page = opened(site)
    late, fields = copy_of(visitor), filled(page, **CHOICE)
    visitor.post(page.path, fields)
    site.clock.move(seconds=61)
    assert late.post(page.path, fields, follow=False).status == 410


def test_a_press_from_another_site_gets_nobodys_answer(site: RunningSite) -> None:
    visitor, page = opened(site)
    late, fields = copy_of(visitor), filled(page, **CHOICE)
    visitor.post(page.path, fields)
    late.headers["Origin"] = "https://evil.example"
    answer = late.post(page.path, fields, follow=False)
    assert answer.status == 400
    assert "Set-Cookie" not in answer.headers


def test_what_is_refused_is_tried_again_each_time(site: RunningSite) -> None:
    visitor, page = opened(site)
    short = {"password": "short", "password2": "short"}
    for answer in press_twice(visitor, page.path, filled(page, **short)):
        assert answer.status == 422
    assert visitor.post(page.path, filled(page, **CHOICE), follow=False).status == 303


def test_a_request_whose_process_died_is_done_by_the_next(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microblog.web.protection.repeated_posts.PATIENCE", 0.2)
    visitor, page = opened(site)
    fields = filled(page, **CHOICE)
    with monkeypatch.context() as dying:
        dying.setattr("microblog.web.protection.session_cookie.settle_press", lambda answer: None)
        assert copy_of(visitor).post(page.path, filled(page, password="short"), follow=False).status == 422
    with site.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(BrowserState).where(BrowserState.sealed.is_(None))) == 1
    assert visitor.post(page.path, filled(page, password="short"), follow=False).status == 422
    assert visitor.post(page.path, fields, follow=False).status == 303


def test_nothing_that_is_kept_can_be_read_without_the_browser(site: RunningSite) -> None:
    visitor = member(site, "alice")
    secret = visitor.cookies["microblog"].value or ""
    page = visitor.get("/account/password")
    visitor.post(page.path, filled(page, current_password=PASSWORD, **CHOICE), follow=False)
    new = visitor.cookies["microblog"].value or ""
    with site.database.reading() as db:
        kept = db.scalars(select(BrowserState).where(BrowserState.sealed.is_not(None))).one()
    held = repr((kept.key, kept.owner, kept.sealed))
    for private in (secret, new, PASSWORD, NEW_PASSWORD, "alice", "/account", "microblog="):
        assert private not in held
        assert private.encode() not in (kept.sealed or b"")


def signed_in(site: RunningSite) -> Visitor:
    return member(site, "alice")


def change_password(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = signed_in(site)
    page = visitor.get("/account/password")
    return visitor, page, filled(page, current_password=PASSWORD, **CHOICE)


def finish_sign_up(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = site.visitor()
    visitor.submit("/register", username="alice", email="alice@example.com", password=PASSWORD, password2=PASSWORD)
    page = visitor.get(link_in(site.letters(1)[0].text))
    return visitor, page, filled(page)


def delete_account(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = signed_in(site)
    page = visitor.get("/account/delete")
    return visitor, page, filled(page, current_password=PASSWORD, sure="y")


def move(site: RunningSite) -> Visitor:
    visitor = signed_in(site)
    visitor.submit("/account/address", email="new@example.com", current_password=PASSWORD)
    return visitor


def complete_move(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = move(site)
    page = visitor.get(link_in(letter_to(site, "new@example.com", "Confirm Your New Address").text))
    return visitor, page, filled(page)


def take_back(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = move(site)
    visitor.submit(link_in(letter_to(site, "new@example.com", "Confirm Your New Address").text))
    owner = site.visitor()
    page = owner.get(link_in(letter_to(site, "alice@example.com", "Your Address Was Changed").text))
    return owner, page, filled(page, sure="y")


def not_me(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor, page, fields = change_password(site)
    visitor.post(page.path, fields)
    owner = site.visitor()
    page = owner.get(link_of(site, CHANGED, 1))
    return owner, page, filled(page, sure="y")


def use_code(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    made = signed_in(site).submit("/account/recovery-codes", current_password=PASSWORD)
    code = made.text.partition("<code>")[2].partition("<")[0]
    visitor = site.visitor()
    page = visitor.get("/recovery_code")
    return visitor, page, filled(page, username="alice", code=code, **CHOICE)


def sign_in(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    signed_in(site)
    visitor = site.visitor()
    page = visitor.get("/login")
    return visitor, page, filled(page, username="alice", password=PASSWORD)


def name_second_address(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = signed_in(site)
    page = visitor.get("/account/second-address")
    return visitor, page, filled(page, email="two@example.com", current_password=PASSWORD)


def attach_backup_email(site: RunningSite) -> tuple[Visitor, Answer, dict[str, str]]:
    visitor = signed_in(site)
    visitor.submit("/account/second-address", email="two@example.com", current_password=PASSWORD)
    page = visitor.get(link_in(letter_to(site, "two@example.com", "Confirm").text))
    return visitor, page, filled(page)


def rows(site: RunningSite) -> list[int | None]:
    """How many emails were written and sessions begun."""
    with site.database.reading() as db:
        return [db.scalar(select(func.count()).select_from(table)) for table in (Email, SignInSession)]


Prepared = Callable[[RunningSite], tuple[Visitor, Answer, dict[str, str]]]
ENDING = [
    change_password,
    finish_sign_up,
    delete_account,
    complete_move,
    take_back,
    not_me,
    use_code,
    sign_in,
    name_second_address,
    attach_backup_email,
]
"""The forms whose success ends what admits to them."""


@pytest.mark.parametrize("prepare", ENDING)
def test_the_second_press_gets_the_answer_of_the_first(site: RunningSite, prepare: Prepared) -> None:
    visitor, page, fields = prepare(site)
    first = copy_of(visitor).post(page.path, fields, follow=False)
    after_one = rows(site)
    second = visitor.post(page.path, fields, follow=False)
    assert_same(first, second)
    assert rows(site) == after_one, "the second press did it again"
    shown = visitor.get(second.headers["Location"])
    assert 'class="notice' in shown.text or prepare is sign_in
    if prepare in (change_password, complete_move, sign_in, attach_backup_email):
        assert visitor.signed_in_as() == "alice"


@pytest.mark.parametrize("prepare", ENDING)
def test_after_that_answer_was_taken_in_as_well(site: RunningSite, prepare: Prepared) -> None:
    visitor, page, fields = prepare(site)
    first = visitor.post(page.path, fields, follow=False)
    second = visitor.post(page.path, fields, follow=False)
    assert (second.status, second.headers["Location"]) == (303, first.headers["Location"])

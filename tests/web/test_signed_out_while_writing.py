"""Somebody whose session ended while they wrote: the text is in its place again once they have signed in."""

import re
from html import unescape

import pytest
from sqlalchemy import delete, select, update

from microblog.auth.models import SignInSession
from microblog.browser_state import BrowserState
from microblog.posts import Post
from support.members import member
from support.places import forms_in
from support.running import PASSWORD, RunningSite
from support.visitor import Answer, Visitor

TEXT = 'Not lost: é 👩‍👩‍👧‍👦 <b>"quoted"</b> & more\n\nand a second paragraph'
LONG = "👩‍👩‍👧‍👦" * 500  # five hundred characters as people count them, and far more than a cookie holds
WHERE = {"post": "/index", "about_me": "/edit_profile"}


def sent(visitor: Visitor, path: str, **typed: str) -> Answer:
    """Open a page, lose the session, and send the form that is open."""
    page = visitor.get(path)
    form = next(one for one in forms_in(page) if one.path == path)
    return visitor.post(path, {**form.filled, **typed})


def end_sessions(site: RunningSite) -> None:
    with site.database.writing() as db:
        db.execute(delete(SignInSession))


def shown_in(answer: Answer, field: str) -> str:
    """What a field of the page is filled with, as a browser reads it."""
    found = re.search(rf'<textarea id="{field}"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    return unescape(found[1]).replace("\r\n", "\n") if found else ""


def write_signed_out(site: RunningSite, field: str, text: str) -> tuple[Visitor, Answer]:
    """Write something, while the session ends."""
    visitor = member(site, "alice")
    page = visitor.get(WHERE[field])
    form = next(one for one in forms_in(page) if one.path == WHERE[field])
    end_sessions(site)
    return visitor, visitor.post(WHERE[field], {**form.filled, field: text})


def sign_in_again(visitor: Visitor, page: Answer, password: str = PASSWORD) -> Answer:
    """Send the sign-in form of a page as a browser does."""
    form = next(one for one in forms_in(page) if one.path == "/login")
    action = re.search(r'<form method="post" action="(/login[^"]*)"', page.text)
    typed = {"username": "alice", "password": password, "draft": shown_in(page, "draft")}
    return visitor.post(unescape(action[1]) if action else "/login", {**form.filled, **typed})


def posts(site: RunningSite) -> list[str]:
    with site.database.reading() as db:
        return list(db.scalars(select(Post.text)))


@pytest.mark.parametrize("field", WHERE)
@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
def test_the_text_comes_back_and_is_not_sent_by_itself(site: RunningSite, field: str, text: str) -> None:
    visitor, asked = write_signed_out(site, field, text)
    assert (asked.status, asked.title) == (403, "Sign in")
    assert "You were signed out while you wrote" in asked.words
    assert shown_in(asked, "draft") == text
    back = sign_in_again(visitor, asked)
    assert (back.status, back.path) == (200, WHERE[field])
    assert shown_in(back, field) == text
    assert posts(site) == []
    assert text[:8] not in back.url
    again = visitor.get(WHERE[field])
    assert shown_in(again, field) == text, "it is there until it is sent"


def test_once_it_is_published_it_waits_no_longer(site: RunningSite) -> None:
    visitor, asked = write_signed_out(site, "post", TEXT)
    sign_in_again(visitor, asked)
    sent(visitor, "/index", post=TEXT)
    assert len(posts(site)) == 1
    assert shown_in(visitor.get("/index"), "post") == ""
    with site.database.reading() as db:
        assert db.scalars(select(BrowserState).where(BrowserState.owner == "")).all() == []


def test_a_wrong_password_does_not_lose_it(site: RunningSite) -> None:
    visitor, asked = write_signed_out(site, "post", TEXT)
    refused = sign_in_again(visitor, asked, "wrong")
    assert refused.status == 422
    assert shown_in(refused, "draft") == TEXT
    assert shown_in(sign_in_again(visitor, refused), "post") == TEXT


def test_nor_does_a_lost_cookie(site: RunningSite) -> None:
    visitor = member(site, "alice")
    form = next(one for one in forms_in(visitor.get("/index")) if one.path == "/index")
    visitor.jar.clear()
    asked = visitor.post("/index", {**form.filled, "post": TEXT})
    assert shown_in(asked, "draft") == TEXT
    assert shown_in(sign_in_again(visitor, asked), "post") == TEXT


def test_nothing_is_kept_for_a_stranger_and_what_is_kept_for_a_member_is_sealed(site: RunningSite) -> None:
    visitor, asked = write_signed_out(site, "post", TEXT)
    with site.database.reading() as db:
        assert db.scalars(select(BrowserState)).all() == []
    assert TEXT not in str(visitor.cookies["microblog"].value)
    sign_in_again(visitor, asked)
    with site.database.reading() as db:
        kept = db.scalars(select(BrowserState).where(BrowserState.owner == "")).one()
    assert b"Not lost" not in (kept.sealed or b"")


def test_it_waits_for_an_hour(site: RunningSite) -> None:
    visitor, asked = write_signed_out(site, "post", TEXT)
    sign_in_again(visitor, asked)
    site.clock.move(minutes=61)
    assert shown_in(visitor.get("/index"), "post") == ""


def test_what_another_site_sends_is_not_kept(site: RunningSite) -> None:
    visitor = site.visitor(Origin="https://evil.example")
    answer = visitor.post("/index", {"post": TEXT}, follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize("text", ["", " \n "])
def test_where_nothing_was_written_the_usual_page_is_shown(site: RunningSite, text: str) -> None:
    answer = site.visitor().post("/index", {"post": text}, follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


def test_words_about_oneself_sent_with_a_picture_come_back_without_it(site: RunningSite) -> None:
    visitor = member(site, "alice")
    end_sessions(site)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="about_me"\r\n\r\nSails.\r\n'
        b'--x\r\nContent-Disposition: form-data; name="avatar"; filename="a.jpg"\r\n\r\n'
        + b"\0" * 2_000_000
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    asked = visitor.ask("POST", "/edit_profile", body, headers=headers)
    assert shown_in(asked, "draft") == "Sails."
    assert shown_in(sign_in_again(visitor, asked), "about_me") == "Sails."


@pytest.mark.parametrize("draft_of", ["", "password", "post "])
def test_a_text_for_no_known_field_is_let_go(site: RunningSite, draft_of: str) -> None:
    visitor = member(site, "alice")
    visitor.sign_out()
    assert visitor.sign_in("alice", PASSWORD, draft="x", draft_of=draft_of).title == "Hi, alice!"
    with site.database.reading() as db:
        assert db.scalars(select(BrowserState)).all() == []


def test_a_session_that_ran_out_is_the_same(site: RunningSite) -> None:
    visitor = member(site, "alice")
    form = next(one for one in forms_in(visitor.get("/index")) if one.path == "/index")
    with site.database.writing() as db:
        db.execute(update(SignInSession).values(expires_at=site.clock()))
    asked = visitor.post("/index", {**form.filled, "post": TEXT})
    assert shown_in(sign_in_again(visitor, asked), "post") == TEXT

"""Where a form comes from, by what browsers say of it; and the true reason where one is refused."""

import pytest

from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Answer, Visitor
from web.recovering import RESET, link_of

HIDDEN = {"Origin": "null"}
OWN, FOREIGN = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}
EVIL = "https://evil.example"


def try_to_sign_in(site: RunningSite, **headers: str) -> Answer:
    """Open the page and send the form with its token, with these headers; the name is nobody's."""
    visitor = site.visitor()
    token = visitor.token_in(visitor.get("/login"))
    visitor.headers.update(headers)
    return visitor.post("/login", {"csrf_token": token, "username": "nobody", "password": PASSWORD})


@pytest.mark.parametrize(
    "headers",
    [HIDDEN, HIDDEN | OWN, HIDDEN | {"Sec-Fetch-Site": "none"}, OWN, {}],
    ids=["hidden, an old browser", "hidden", "hidden, sent again by the person", "only the fetch site", "nothing said"],
)
def test_a_form_whose_origin_is_hidden_is_decided_by_its_token(page_site: RunningSite, headers: dict[str, str]) -> None:
    assert try_to_sign_in(page_site, **headers).status == 422


@pytest.mark.parametrize(
    "headers",
    [
        HIDDEN | FOREIGN,
        HIDDEN | {"Sec-Fetch-Site": "same-site"},
        HIDDEN | {"Sec-Fetch-Site": "anything"},
        HIDDEN | {"Referer": f"{EVIL}/"},
        FOREIGN,
        {"Origin": EVIL},
        {"Origin": EVIL} | OWN,
        {"Referer": f"{EVIL}/"},
    ],
    ids=str,
)
def test_a_form_from_another_site_is_refused_even_with_a_token(page_site: RunningSite, headers: dict[str, str]) -> None:
    answer = try_to_sign_in(page_site, **headers)
    assert answer.status == 400
    assert "sent by a page of another site" in answer.words


def test_a_cross_site_form_is_refused_even_where_its_origin_looks_like_ours(page_site: RunningSite) -> None:
    assert try_to_sign_in(page_site, Origin=page_site.base, **FOREIGN).status == 400


def test_whoever_hides_where_forms_come_from_signs_in_and_gets_back_in(site: RunningSite) -> None:
    member(site, "alice")
    visitor = site.visitor(**HIDDEN, **OWN)
    assert visitor.sign_in("alice", PASSWORD).title == "Hi, alice!"
    visitor.sign_out()
    visitor.submit("/reset_password_request", email="alice")
    answer = visitor.submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert "Your password has been reset." in answer.words


def test_a_hidden_form_without_a_session_signs_nobody_out(site: RunningSite) -> None:
    """Browsers send another site's form without the cookie, but would take in the one that comes back."""
    answer = site.visitor(**HIDDEN).post("/login", {"csrf_token": "x", "username": "a", "password": "b"})
    assert answer.status == 400
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_browser_that_sends_no_cookie_is_told_so(page_site: RunningSite, path: str) -> None:
    without_cookies = page_site.visitor()
    token = without_cookies.token_in(without_cookies.get("/login"))
    without_cookies.jar.clear()
    answer = without_cookies.post(path, {"csrf_token": token, "username": "alice", "password": PASSWORD})
    assert answer.status == 400
    assert "did not send this site's cookie" in answer.words
    assert "allow them for this site" in answer.words


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_page_that_was_open_while_somebody_signed_in_is_told_so(site: RunningSite, path: str) -> None:
    visitor = member(site, "alice")
    answer = visitor.post(path, {"csrf_token": "of another session", "username": "alice", "password": PASSWORD})
    assert answer.status == 400
    assert "open for too long, or you signed in or out in another window" in answer.words


def opened_link(site: RunningSite) -> tuple[Visitor, str]:
    """A browser that has opened a reset link, and the token of its form."""
    member(site, "alice")
    site.visitor().submit("/reset_password_request", email="alice")
    visitor = site.visitor()
    return visitor, visitor.token_in(visitor.get(link_of(site, RESET, 1)))


def test_a_lost_cookie_is_not_told_as_a_fault_of_the_link(site: RunningSite) -> None:
    visitor, token = opened_link(site)
    visitor.jar.clear()
    fields = {"csrf_token": token, "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = visitor.post("/reset_password", fields)
    assert answer.status == 400
    assert "did not send this site's cookie" in answer.words
    assert "not complete" not in answer.words


@pytest.mark.parametrize(
    "path", ["/reset_password", "/not-me", "/account/address/confirm", "/account/address/back", "/account/confirm"]
)
def test_a_page_whose_link_was_opened_without_cookies_says_what_to_do(page_site: RunningSite, path: str) -> None:
    answer = page_site.visitor().get(path)
    assert answer.status == 400
    assert "If you have just opened it, your browser did not keep this site's cookie" in answer.words


@pytest.mark.parametrize("path", ["/register/finish", "/account/second-address/confirm"])
def test_so_do_those_that_any_browser_may_show(page_site: RunningSite, path: str) -> None:
    assert "your browser did not keep this site's cookie" in page_site.visitor().get(path).words

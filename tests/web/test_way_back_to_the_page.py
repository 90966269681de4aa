"""Whoever forgot the password on the way to a page gets there: next goes along, in the same browser alone."""

import re
from html import unescape

import pytest

from support.members import member
from support.places import addresses_in
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Answer, Visitor
from web.recovering import RESET, link_of

WANTED = "/explore?older=7"
SIGN_IN = "/login?next=/explore?older%3D7"
NEW = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}


def link_to(page: Answer, path: str) -> str:
    """The link on a page that leads to a path."""
    return next(address for address in addresses_in(page) if address.partition("?")[0].endswith(path))


def forgotten(site: RunningSite, wanted: str) -> tuple[Visitor, Answer]:
    """A browser that wanted a page, was asked to sign in, and asked for a reset email instead."""
    member(site, "alice")
    visitor = site.visitor()
    page = visitor.get(wanted)
    forgot = visitor.get(link_to(page, "/reset_password_request"))
    return visitor, visitor.submit(forgot.url, email="alice")


def test_the_page_wanted_first_is_shown_after_the_new_password(site: RunningSite) -> None:
    visitor, asked = forgotten(site, WANTED)
    assert asked.path == "/check-email"
    assert any(address.endswith(SIGN_IN) for address in addresses_in(asked))
    chosen = visitor.submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert chosen.url.endswith(SIGN_IN)
    fields = {"csrf_token": visitor.token_in(chosen), "username": "alice", "password": NEW_PASSWORD}
    assert visitor.post(action_of(chosen), fields, follow=False).headers["Location"] == WANTED


def action_of(page: Answer) -> str:
    found = re.search(r'<form method="post" action="(/login[^"]*)"', page.text)
    assert found
    return unescape(found[1])


def test_so_it_is_after_a_recovery_code(site: RunningSite) -> None:
    made = member(site, "alice").submit("/account/recovery-codes", current_password=PASSWORD)
    code = made.text.partition("<code>")[2].partition("<")[0]
    visitor = site.visitor()
    forgot = visitor.get(link_to(visitor.get(WANTED), "/reset_password_request"))
    page = visitor.get(link_to(forgot, "/recovery_code"))
    chosen = visitor.submit(page.url, username="alice", code=code, password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert chosen.url.endswith(SIGN_IN)


def test_the_way_back_keeps_it(site: RunningSite) -> None:
    visitor = site.visitor()
    forgot = visitor.get(link_to(visitor.get(WANTED), "/reset_password_request"))
    assert link_to(forgot, "/login") == f"{site.base}/login"  # the one in the head of the page
    assert any(address.endswith(SIGN_IN) for address in addresses_in(forgot))


def test_another_browser_that_opens_the_link_is_led_home(site: RunningSite) -> None:
    forgotten(site, WANTED)
    phone = site.visitor().submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert phone.url.endswith("/login")


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https://evil.example", "/\\evil.example", "/%09/evil.example", "javascript:alert(1)"]
)
def test_it_never_leads_to_another_site(site: RunningSite, evil: str) -> None:
    member(site, "alice")
    visitor = site.visitor()
    forgot = visitor.get(f"/reset_password_request?next={evil}")
    assert not [address for address in addresses_in(forgot) if "evil" in address and not address.endswith("#main")]
    asked = visitor.submit(f"/reset_password_request?next={evil}", email="alice")
    assert asked.path == "/check-email"
    assert not [address for address in addresses_in(asked) if "evil" in address and not address.endswith("#main")]
    chosen = visitor.submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert chosen.url.endswith("/login")


def test_an_address_too_long_for_the_cookie_leads_home_after_the_reset(site: RunningSite) -> None:
    visitor, asked = forgotten(site, f"/explore?older={'9' * 900}")
    assert asked.path == "/check-email"
    chosen = visitor.submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert chosen.url.endswith("/login")


def test_after_a_reset_the_username_is_filled_in(site: RunningSite) -> None:
    member(site, "Alice")
    site.visitor().submit("/reset_password_request", email="alice@example.com")
    visitor = site.visitor()
    chosen = visitor.submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert chosen.value_of("username") == "Alice"
    assert re.search(r'name="password"[^>]*autofocus', chosen.text)
    assert visitor.get("/login").value_of("username") == "Alice"
    assert site.visitor().get("/login").value_of("username") is None


def test_after_signing_in_and_out_it_is_not(site: RunningSite) -> None:
    member(site, "alice")
    site.visitor().submit("/reset_password_request", email="alice")
    visitor = site.visitor()
    visitor.submit(link_of(site, RESET, 1), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    visitor.sign_in("alice", NEW_PASSWORD)
    assert visitor.sign_out().value_of("username") is None


def test_so_it_is_after_a_sign_up(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    assert visitor.get("/login").value_of("username") == "alice"

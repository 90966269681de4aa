"""Corners that a stranger or a second look found."""

import unicodedata

import pytest
from sqlalchemy import func, select

from microblog.mail import Email
from support.running import PASSWORD, RunningSite


def test_the_longest_password_opens_however_its_letters_are_composed(site: RunningSite) -> None:
    longest = "é" * 900 + " seven boats"
    visitor = site.sign_up("alice", password=unicodedata.normalize("NFC", longest))
    assert visitor.sign_in("alice", unicodedata.normalize("NFD", longest)).title == "Hi, alice!"


def test_the_error_page_of_a_missing_static_file_is_kept_by_nobody(site: RunningSite) -> None:
    member = site.sign_up("alice")
    member.sign_in("alice", PASSWORD)
    answer = member.get("/static/no.css")
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_host_name_is_the_same_in_capitals(site: RunningSite) -> None:
    assert site.visitor(Host=f"LOCALHOST:{site.port}").get("/login").status == 200


@pytest.mark.parametrize("path", ["/reset_password/", "/reset_password/abc/def"])
def test_a_link_that_lost_a_part_says_so_and_offers_a_new_letter(site: RunningSite, path: str) -> None:
    answer = site.visitor().get(path)
    assert answer.status == 400
    assert "Get a new letter" in answer.words


def test_a_sign_up_link_that_lost_its_end_says_so(site: RunningSite) -> None:
    answer = site.visitor().get("/register/finish/")
    assert answer.status == 410
    assert "This link is not complete" in answer.words


@pytest.mark.parametrize("origin", ["http://[", "http://a]b", "nulls", "//", "http://evil.example:port"])
def test_an_origin_that_is_no_address_is_refused_and_no_fault_of_ours(site: RunningSite, origin: str) -> None:
    visitor = site.visitor()
    token = visitor.token_in(visitor.get("/login"))
    visitor.headers["Origin"] = origin
    answer = visitor.post("/login", {"csrf_token": token, "username": "alice", "password": PASSWORD})
    assert answer.status == 400


def test_an_address_that_hides_a_header_is_refused_and_no_letter_is_posted(site: RunningSite) -> None:
    hidden = "=?utf-8?b?DQpTdWJqZWN0OiBIaQ0KDQpodHRwOi8vZS52aWwNCg?=@evil.example"
    answer = site.visitor().submit("/register", username="mallory", email=hidden, password=PASSWORD, password2=PASSWORD)
    assert answer.status == 422
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Email)) == 0


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_a_form_sent_from_another_site_is_refused_even_with_its_token(site: RunningSite, header: str) -> None:
    visitor = site.visitor()
    token = visitor.token_in(visitor.get("/reset_password_request"))
    visitor.headers[header] = "https://evil.example/"
    answer = visitor.post("/reset_password_request", {"csrf_token": token, "email": "alice"})
    assert answer.status == 400

"""/check-email: what somebody sees after asking for an email, and what they can do if none comes."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from microblog.limits import Allowance
from microblog.mail import Email
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

FORGOT, CHECK = "/reset_password_request", "/check-email"
RESET, FINISH = "[Microblog] Reset Your Password", "[Microblog] Finish Signing Up"


def forget(visitor: Visitor, typed: str) -> Answer:
    """Ask for a reset email."""
    return visitor.submit(FORGOT, email=typed)


def register(visitor: Visitor, email: str) -> Answer:
    """Sign up."""
    return visitor.submit("/register", username="alice", email=email, password=PASSWORD, password2=PASSWORD)


def send_again(visitor: Visitor) -> Answer:
    """Press the button of the page, as a browser without scripts does."""
    page = visitor.get(CHECK)
    assert f'<form method="post" action="{CHECK}">' in page.text
    return visitor.post(CHECK, {"csrf_token": visitor.token_in(page), "email": page.value_of("email") or ""})


def rows(site: RunningSite) -> int:
    """How many emails were asked for."""
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Email)) or 0


@pytest.mark.parametrize(
    "typed", ["alice@example.com", "  Alice@EXAMPLE.com ", "alice", "nobody", "o'neil+<b>&\"@example.com"]
)
def test_what_was_typed_is_repeated_as_it_was_typed_and_never_as_a_part_of_the_page(
    page_site: RunningSite, typed: str
) -> None:
    page = forget(page_site.visitor(), typed)
    if page.status == 422:
        assert "<b>" in typed
        return
    assert (page.path, page.title) == (CHECK, "Check your email")
    assert "Check your email for the instructions to reset your password" in page.words
    assert page.value_of("email") == typed
    assert f"You typed {typed.strip()} ." in re.sub(r" +", " ", page.words)
    assert "spam or junk folder" in page.words
    for way in (FORGOT, "/recovery_code", "/login"):
        assert f'href="{way}"' in page.text
    assert "ask an administrator" in page.words


def test_an_address_with_signs_of_html_is_text(page_site: RunningSite) -> None:
    typed = "o'neil&lt@example.com"
    page = forget(page_site.visitor(), typed)
    assert (page.status, page.value_of("email")) == (200, typed)
    assert '<strong class="typed" dir="auto">o&#39;neil&amp;lt@example.com</strong>' in page.text


def test_after_signing_up_the_page_is_about_that(page_site: RunningSite) -> None:
    page = register(page_site.visitor(), "Alice@example.com")
    assert (page.path, page.title) == (CHECK, "Check your email")
    assert "finish signing up: we're sending a link to Alice@example.com" in page.words
    assert 'href="/register">sign up again</a>' in page.text
    assert "reset" not in page.words


def test_the_page_can_be_reloaded_and_asks_for_nothing_by_that(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    first = forget(visitor, "alice")
    before = rows(page_site)
    for _ in range(3):
        assert visitor.get(CHECK).words == first.words
    assert rows(page_site) == before


def test_the_page_is_of_this_browser_alone_and_of_the_last_hour(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    forget(visitor, "alice@example.com")
    assert page_site.visitor().get(CHECK).path == FORGOT
    page_site.clock.move(minutes=59)
    assert "alice@example.com" in visitor.get(CHECK).words
    page_site.clock.move(minutes=2)
    late = visitor.get(CHECK)
    assert late.path == FORGOT
    assert "alice@example.com" not in late.text


def test_signing_in_forgets_what_was_typed(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    forget(alice, "somebody@example.com")
    alice.sign_in("alice", PASSWORD)
    assert "somebody@example.com" not in alice.get(CHECK).text


def test_an_email_is_sent_again(site: RunningSite) -> None:
    site.sign_up("alice")
    visitor = site.visitor()
    forget(visitor, "alice")
    assert site.letters(2)[-1].summary.subject == RESET
    site.clock.move(seconds=61)
    page = send_again(visitor)
    assert (page.status, page.path, page.value_of("email")) == (200, CHECK, "alice")
    assert "We passed your request on again." in page.words
    assert "We passed your request on again." not in visitor.get(CHECK).words
    letter = site.letters(3)[-1]
    assert (letter.summary.subject, letter.summary.to) == (RESET, "alice@example.com")
    assert visitor.get(link_in(letter.text)).title == "Choose a new password"


def test_an_unfinished_sign_up_gets_its_own_email_again(site: RunningSite) -> None:
    visitor = site.visitor()
    register(visitor, "alice@example.com")
    first = site.letters(1)[-1]
    site.clock.move(seconds=61)
    page = send_again(visitor)
    assert "finish signing up: we're sending a link to alice@example.com" in page.words
    second = site.letters(2)[-1]
    assert first.summary.subject == second.summary.subject == FINISH
    assert "Your account is ready" in visitor.submit(link_in(second.text)).words


def test_sending_again_tells_a_stranger_nothing(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="1/hour").start()
    site.sign_up("alice")
    pages = set()
    for name in ("alice@example.com", "alice", "nobody@example.com", "nobody"):
        visitor = site.visitor()
        forget(visitor, name)
        page = send_again(visitor)
        words = page.words.replace(name, "TYPED").replace("this username", "this address")
        pages.add((page.status, page.url, words, tuple(sorted(page.headers.keys()))))
    assert len(pages) == 1


def test_sending_again_counts_like_asking(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_PER_CLIENT="2/hour").start(deliver=False)
    visitor = site.visitor()
    forget(visitor, "alice")
    assert send_again(visitor).status == 200
    refused = send_again(visitor)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1800")
    assert refused.title == "Check your email"
    assert "Please wait 30 minutes" in refused.words
    assert refused.value_of("email") == "alice"
    assert rows(site) == 2
    with site.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Allowance))


@pytest.mark.parametrize("typed", ["", "al", "two words", "<script>alert(1)</script>", "a\r\nb@example.com"])
def test_what_can_be_no_name_is_not_asked_for_again(page_site: RunningSite, typed: str) -> None:
    visitor = page_site.visitor()
    forget(visitor, "alice")
    token, before = visitor.token_in(visitor.get(CHECK)), rows(page_site)
    page = visitor.post(CHECK, {"csrf_token": token, "email": typed})
    assert page.status == 422
    assert "<script>alert" not in page.text
    assert rows(page_site) == before


def test_without_a_token_nothing_is_asked_for(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    forget(visitor, "alice")
    before = rows(page_site)
    assert visitor.post(CHECK, {"email": "alice"}).status == 400
    assert rows(page_site) == before


def test_a_page_of_long_ago_still_sends_again(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    forget(visitor, "alice")
    token = visitor.token_in(visitor.get(CHECK))
    page_site.clock.move(hours=2)
    page = visitor.post(CHECK, {"csrf_token": token, "email": "alice"})
    assert (page.status, page.path) == (200, CHECK)


def test_somebody_signed_in_is_led_back_home(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    alice.sign_in("alice", PASSWORD)
    page = forget(alice, "alice@example.com")
    assert page.path == CHECK
    assert "Back to the start page" in page.words


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_whoever_is_refused_is_told_that_a_sign_up_has_to_be_finished_first(site: RunningSite, name: str) -> None:
    register(site.visitor(), "alice@example.com")
    visitor = site.visitor()
    assert "Just signed up?" not in visitor.get("/login").words
    refused = visitor.sign_in(name, PASSWORD)
    assert refused.status == 422
    assert "Just signed up? Open the link in the email first." in refused.words

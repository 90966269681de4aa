"""Links of emails, opened with what mail programs put behind and into them."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microblog.links.tokens import LinkSigner
from microblog.subscriptions import Topic
from microblog.web.urls.link_repair import repair_token
from support.clock import NOON
from support.community import unsaved_account
from support.letters import letter_to
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.unsubscribing import unsubscribe_token
from web.recovering import CHANGED, RESET, link_of

TOKEN = LinkSigner("reset_password", "https://blog.example", (b"k" * 32,)).sign(7, "state", expires=NOON)
ENDS = [
    ".",
    ">",
    ")",
    ").",
    "%20",
    "%2520",
    "=",
    "%3D",
    "=3D",
    "%E2%80%8B",
    "%0A",
    "%0D%0A",
    "%22",
    "'",
    "%5C",
    "%5C%22",
    ",",
    "&gt;",
    "%3E%3E",
    "%C2%A0",
    "%EF%BB%BF",
    "%E2%80%9D",
    "%C2%BB",
    "!",
    "*",
    "%5D",
]
"""What stands behind a link, as it arrives in an address."""
BREAKS = ["%0A", "%0D%0A", "%20", "=%0A", "=%0D%0A", "%3D%0A", "%E2%80%8B", "%C2%AD", "%0A%20%20", "%0A%3E%20", "="]
"""What stands in a link that was wrapped."""


@pytest.mark.parametrize("end", ENDS)
def test_a_link_opens_with_anything_a_mail_program_puts_behind_it(page_site: RunningSite, end: str) -> None:
    answer = page_site.visitor().get(f"/unsubscribe/{digest_token(page_site)}{end}")
    assert answer.status == 200, answer.words


@pytest.mark.parametrize("within", BREAKS)
@pytest.mark.parametrize("place", [0, 10, 60, -20])
def test_a_link_that_was_wrapped_opens(page_site: RunningSite, within: str, place: int) -> None:
    token = digest_token(page_site)
    answer = page_site.visitor().get(f"/unsubscribe/{token[:place]}{within}{token[place:]}")
    assert answer.status == 200, answer.words


def digest_token(site: RunningSite) -> str:
    return unsubscribe_token(site.settings, unsaved_account(1), Topic.DIGEST, site.clock())


def encoded(char: str) -> str:
    return f"={ord(char):02X}"


@pytest.mark.parametrize("char", [".", "_", "-"])
def test_characters_that_quoted_printable_encodes_are_read(char: str) -> None:
    assert repair_token(TOKEN.replace(char, encoded(char))) == TOKEN


@settings(max_examples=300, deadline=None)
@given(
    before=st.text("\u200b \n<\"'(=", max_size=4),
    end=st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=8),
    place=st.integers(1, len(TOKEN) - 1),
    within=st.sampled_from(["", "\n", "=\r\n", " ", "\u00ad"]),
)
def test_a_token_is_found_whatever_stands_around_it(before: str, end: str, place: int, within: str) -> None:
    broken = f"{before}{TOKEN[:place]}{within}{TOKEN[place:]}{end}"
    if not re.match(r"[\w.-]", end, re.ASCII):
        assert repair_token(broken) == TOKEN
    assert repair_token(quote(broken)) in (TOKEN, quote(broken))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.text("eyJ.=%\n3D", max_size=80))
def test_what_holds_no_token_stays_as_it_is(typed: str) -> None:
    assert repair_token(typed) == typed


@pytest.mark.parametrize("place", [5, 50, 120, len(TOKEN) - 2])
def test_no_repair_makes_another_token_of_one_that_lost_or_changed_a_character(place: int) -> None:
    assert repair_token(TOKEN[:place] + TOKEN[place + 1 :]) != TOKEN
    other = "A" if TOKEN[place] != "A" else "B"
    assert repair_token(TOKEN[:place] + other + TOKEN[place + 1 :]) != TOKEN


@pytest.mark.parametrize("more", ["x", "A", "-", "_1"])
def test_a_token_with_more_of_its_own_characters_is_another(more: str) -> None:
    assert repair_token(TOKEN + more) == TOKEN + more
    assert repair_token(more + TOKEN) == more + TOKEN


def opens(site: RunningSite, link: str, title: str) -> None:
    """Try a link as four programs hand it over."""
    for given_over in (f"{link}.", f"{link}%20", f"{link[:-30]}=%0D%0A{link[-30:]}", f"{link}=3D"):
        answer = site.visitor().get(given_over)
        assert (answer.status, answer.title) == (200, title), given_over


def test_every_kind_of_link_is_repaired(site: RunningSite) -> None:
    site.visitor().submit("/register", username="erin", email="erin@example.com", password=PASSWORD, password2=PASSWORD)
    opens(site, link_in(site.letters(1)[0].text), "Finish signing up")
    alice = member(site, "alice")
    site.visitor().submit("/reset_password_request", email="alice")
    opens(site, link_of(site, RESET, 1), "Choose a new password")
    alice.submit("/account/password", current_password=PASSWORD, password=NEW_PASSWORD, password2=NEW_PASSWORD)
    opens(site, link_of(site, CHANGED, 1), "Wasn’t this you?")
    alice.submit("/account/address", email="new@example.com", current_password=NEW_PASSWORD)
    link = link_in(letter_to(site, "new@example.com", "Confirm Your New Address").text)
    opens(site, link, title_of(site, link))
    alice.submit(link)
    link = link_in(letter_to(site, "alice@example.com", "Your Address Was Changed").text)
    opens(site, link, title_of(site, link))


def title_of(site: RunningSite, link: str) -> str:
    answer = site.visitor().get(link)
    assert answer.status == 200
    return answer.title


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/explore.", "/explore"),
        ("/explore%3E", "/explore"),
        ("/reset_password_request)%20", "/reset_password_request"),
        ("/reset_pass=%0Aword_request", "/reset_password_request"),
        ("/user/alice.", "/user/alice"),
        ("/user/alice%E2%80%8B%22", "/user/alice"),
        ("/account/letters%0A", "/account/letters"),
        ("/%20", "/"),
    ],
)
def test_a_link_without_a_token_leads_to_its_page_too(site: RunningSite, asked: str, page: str) -> None:
    assert member(site, "alice").get(asked).path == page


def test_a_post_is_found_with_a_sign_behind_its_number(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/index", post="Hello.")
    assert alice.get("/post/1).").path == "/post/1"


@pytest.mark.parametrize("path", ["/nothing.", "/user/nobody", "/user/nobody.", "/.", "/%0A/evil.example"])
def test_where_there_is_no_page_there_is_none(site: RunningSite, path: str) -> None:
    answer = member(site, "alice").get(path)
    assert answer.status in (200, 404)
    assert answer.url.startswith(site.base)
    assert answer.status == 404 or answer.path in ("/", "/index")

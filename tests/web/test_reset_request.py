"""/reset_password_request: asking for the letter."""

import re
from collections.abc import Callable
from html import escape

import pytest
from sqlalchemy import select

from journeys.trial import wait_for
from microblog.audit import hash_identifier
from microblog.audit.models import Event
from microblog.mail import Email, State
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import HIDDEN, Answer, Visitor

PAGE = "/reset_password_request"
SUBJECT = "[Microblog] Reset Your Password"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SENT = "Check your email for the instructions to reset your password"


def outbox(site: RunningSite) -> list[Email]:
    """The whole outbox, oldest first."""
    with site.database.reading() as db:
        return list(db.scalars(select(Email).order_by(Email.id)))


UNLIKE = ("Date", "Set-Cookie", "Content-Length")
"""Headers that differ with the clock, the token, or what was typed."""


def all_of(answer: Answer, visitor: Visitor, typed: str) -> tuple[object, ...]:
    """Everything a stranger can see of an answer, but for the CSRF token, the clock and what they typed."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in UNLIKE)
    cookies = sorted((cookie.name, cookie.path, cookie.expires) for cookie in visitor.jar)
    text = re.sub(HIDDEN, "", answer.text).replace(escape(typed), "TYPED").replace("this username", "this address")
    return answer.status, answer.url, text, headers, cookies


def settled(site: RunningSite, number: int) -> list[Email]:
    """The outbox once all of its `number` letters have ended: turned by hand, for nobody else delivers here."""
    while site.delivery.deliver_batch():
        pass
    letters = outbox(site)
    assert len(letters) == number
    assert not {letter.state for letter in letters} & {State.WAITING, State.SENDING}
    return letters


def test_the_login_page_leads_here(page_site: RunningSite) -> None:
    page = page_site.visitor().get("/login")
    assert re.search(rf'<a href="{PAGE}">Forgot your password\?</a>', page.text)
    assert page_site.visitor().get(PAGE).title == "Forgot your password?"


def test_known_unknown_and_limited_names_get_the_same_answer(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="1/hour").start()
    site.sign_up("alice")
    answers = []
    for name in (
        "alice@example.com",
        "alice@example.com",  # over its limit by now
        "alice",
        "ALICE@EXAMPLE.COM",
        "  Alice  ",
        "nobody",
        "nobody@example.com",
        "nobody@xn--bcher-kva.example",
    ):
        visitor = site.visitor()
        raw = visitor.submit(PAGE, follow=False, email=name)
        assert (raw.status, raw.headers["Location"]) == (303, "/check-email")
        shown = visitor.get("/check-email")
        assert escape(name) in shown.text
        answers.append((all_of(raw, visitor, name), all_of(shown, visitor, name)))
    assert SENT in answers[0][1][2]  # type: ignore[operator]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("name", ["alice", "ALICE", " alice@example.com ", "aLiCe@eXample.com"])
def test_the_letter_goes_to_the_stored_address_in_its_stored_spelling(site: RunningSite, name: str) -> None:
    site.sign_up("alice", "Alice.Liddell@Example.com" if "@" not in name else "Alice@Example.com")
    site.visitor().submit(PAGE, email=name)
    letter = site.letters(2)[-1]
    assert letter.summary.subject == SUBJECT
    assert letter.summary.to == ("Alice.Liddell@example.com" if "@" not in name else "Alice@example.com")
    assert "Dear alice," in letter.text
    assert link_in(letter.text).startswith(f"{site.base}/reset_password/")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Please type your email address or username."),
        ("al", "neither an email address nor a username"),
        ("two words", "neither an email address nor a username"),
        ("alice@", "neither an email address nor a username"),
        ("alice@example.com, eve@evil.example", "neither an email address nor a username"),
        ("alice@example.com\r\nBcc: eve@evil.example", "cannot be used here"),
        ("ali\0ce@example.com", "cannot be used here"),
        ("a" * 243 + "@example.com", "254"),
        ("<script>alert(1)</script>", "neither an email address nor a username"),
    ],
)
def test_what_can_be_no_name_is_refused_and_kept(page_site: RunningSite, typed: str, why: str) -> None:
    answer = page_site.visitor().submit(PAGE, email=typed)
    assert answer.status == 422
    assert why in answer.words
    assert (answer.value_of("email") or "").strip() == typed.strip().replace("\r\n", "\n") or "\n" in typed
    assert "<script>alert" not in answer.text
    assert outbox(page_site) == []


def test_asking_writes_one_row_without_a_token_and_reads_no_account(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start(deliver=False)
    site.visitor(**{"User-Agent": FIREFOX}).submit(PAGE, email="Alice@EXAMPLE.com")
    (letter,) = outbox(site)
    assert (letter.kind, letter.urgent, letter.state) == ("reset_password", True, State.WAITING)
    origin = {"device": "Firefox on Windows", "network": "127.0.0.0/24"}
    assert letter.payload == {"identifier": "alice@example.com", "origin": origin, "account_id": None}
    assert "eyJ" not in str(vars(letter))


def test_after_the_letter_has_left_its_token_is_nowhere_in_the_outbox(site: RunningSite) -> None:
    site.sign_up("alice")
    site.visitor().submit(PAGE, email="alice")
    token = link_in(site.letters(2)[-1].text).rpartition("/")[2]
    assert token.startswith("eyJ")
    assert not any(part in str(vars(letter)) for letter in outbox(site) for part in token.split("."))


def test_a_name_nobody_has_ends_as_dropped_with_the_reason(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start(deliver=False)
    for name in ("nobody@example.com", "nobody"):
        site.visitor().submit(PAGE, email=name)
    letters = settled(site, 2)
    assert [(letter.state, letter.reason) for letter in letters] == [(State.DROPPED, "no_such_account")] * 2


def test_letters_to_one_account_are_limited_in_silence(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="2/hour").start()
    site.sign_up("alice")
    site.sign_up("bob")
    for number, name in enumerate(("alice", "alice@example.com", "ALICE", "bob")):
        assert SENT in site.visitor().submit(PAGE, email=name).words
        site.letters(min(number, 1) + 3)  # each is dealt with before the next, so that none replaces another
        site.clock.move(seconds=61)
    assert [letter.summary.to for letter in site.letters(5)[2:]] == [
        "alice@example.com",
        "alice@example.com",
        "bob@example.com",
    ]
    assert "too_many_reset_emails" in [letter.reason for letter in outbox(site)]
    site.clock.move(minutes=30)
    site.visitor().submit(PAGE, email="alice")
    assert site.letters(6)[-1].summary.to == "alice@example.com"


def test_too_many_requests_from_one_client_are_told_to_wait_and_keep_what_was_typed(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_RESET_PER_CLIENT="2/hour").start(deliver=False)
    for name in ("one@example.com", "two@example.com"):
        assert SENT in site.visitor().submit(PAGE, email=name).words
    answer = site.visitor().submit(PAGE, email="three@example.com")
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1800"
    assert "Please wait 30 minutes" in answer.words
    assert answer.value_of("email") == "three@example.com"
    assert len(outbox(site)) == 2
    site.clock.move(minutes=30)
    assert SENT in site.visitor().submit(PAGE, email="three@example.com").words


def test_whoever_is_told_to_wait_is_noted_by_the_keyed_hash_of_the_name_but_not_without_end(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_RESET_PER_CLIENT="1/hour").start(deliver=False)
    site.visitor().submit(PAGE, email="alice@example.com")
    statuses = {
        site.visitor(**{"User-Agent": FIREFOX}).submit(PAGE, email="Alice@Example.com").status for _ in range(9)
    }
    assert statuses == {429}
    mark = hash_identifier(site.settings.keys("events")[0], "alice@example.com")
    with site.database.reading() as db:
        noted = db.scalars(select(Event).order_by(Event.id)).all()
    assert len(noted) == 6
    assert {(one.account_id, one.kind, one.detail, one.device, one.about) for one in noted} == {
        (None, "reset_requested", "told_to_wait", "Firefox on Windows", mark)
    }


def test_the_whole_site_has_a_limit_past_which_only_networks_that_rarely_ask_are_served(
    site_with: Callable[..., RunningSite],
) -> None:
    limits = {"LIMIT_RESET_PER_SITE": "2/hour", "TRUSTED_PROXIES": "1"}
    site = site_with(**limits).start(deliver=False)

    def ask(address: str) -> int:
        visitor = site.visitor(**{"X-Forwarded-For": address})
        return visitor.submit(PAGE, email="somebody@example.com").status

    crowd = [f"2001:db8:7:{number:x}::1" for number in range(6)]  # one stranger's many addresses, in one network
    assert [ask(address) for address in crowd] == [200, 200, 200, 429, 429, 429]
    assert [ask(address) for address in ("203.0.113.1", "203.0.113.2", "198.51.100.1")] == [200, 429, 429]
    assert len(outbox(site)) == 4
    site.clock.move(minutes=30)
    assert ask("198.51.100.1") == 200


def test_somebody_signed_in_finds_their_own_address_filled_in(site: RunningSite) -> None:
    member = site.sign_up("alice", "Alice@Example.com")
    assert member.get(PAGE).value_of("email") in (None, "")
    member.sign_in("alice", PASSWORD)
    assert member.get(PAGE).value_of("email") == "Alice@example.com"


def test_asking_twice_before_the_letter_leaves_brings_one_letter(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start()
    site.sign_up("alice")
    site.worker.stop()
    site._threads[1].join(10)
    for name in ("alice@example.com", "ALICE@example.com"):
        site.visitor().submit(PAGE, email=name)
    letters = settled(site, 3)[1:]
    assert [letter.state for letter in letters] == [State.DROPPED, State.SENT]
    assert len(site.letters(2)) == 2


def test_asking_again_brings_another_letter_and_both_links_work(site: RunningSite) -> None:
    site.sign_up("alice")
    for number in (2, 3):
        site.visitor().submit(PAGE, email="alice")
        site.letters(number)
        site.clock.move(minutes=1)
    for letter in site.letters(3)[1:]:
        assert site.visitor().get(link_in(letter.text)).title == "Choose a new password"


def test_asking_twice_within_a_minute_is_one_letter(site: RunningSite) -> None:
    site.sign_up("alice")
    site.visitor().submit(PAGE, email="alice")
    site.letters(2)
    site.clock.move(seconds=59)
    site.visitor().submit(PAGE, email="Alice")
    wait_for(lambda: outbox(site)[-1].reason == "repeated")
    assert len(site.letters(2)) == 2


def test_whoever_has_just_used_a_link_and_forgets_again_is_no_repeat(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    for number in (2, 4):
        alice.submit(PAGE, email="alice")
        link = link_in(site.letters(number)[-1].text)
        words = f"{NEW_PASSWORD} {number}"
        assert alice.submit(link, password=words, password2=words).path == "/login"
        site.letters(number + 1)


def test_whoever_never_finished_signing_up_gets_that_letter_again(site: RunningSite) -> None:
    fields = {"email": "alice@example.com", "password": PASSWORD, "password2": PASSWORD}
    site.visitor().submit("/register", follow=True, username="alice", **fields)
    site.letters(1)
    visitor = site.visitor()
    visitor.submit(PAGE, email="ALICE@example.com")
    again = site.letters(2)[-1]
    assert again.summary.subject == "[Microblog] Finish Signing Up"
    visitor.get(link_in(again.text))
    assert "ready" in visitor.submit("/register/finish", password=PASSWORD).words
    assert visitor.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_the_host_a_request_names_never_gets_into_a_letter(site: RunningSite) -> None:
    site.sign_up("alice")
    forged = {"Host": f"127.0.0.1:{site.port}", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert SENT in site.visitor(**forged).submit(PAGE, email="alice").words
    letter = site.letters(2)[-1]
    assert set(re.findall(r"https?://[^/\s\"<]+", letter.text + letter.html)) == {site.base}
    assert "evil" not in letter.source

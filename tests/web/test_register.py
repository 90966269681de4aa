"""/register and the letter that finishes it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from microblog.identity import Account
from microblog.mail import Email, State
from microblog.registration.models import SignUp
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.statements import statements
from support.visitor import HIDDEN, Answer, Visitor

GOOD = {"username": "alice", "email": "alice@example.com", "password": PASSWORD, "password2": PASSWORD}
FINISH = "[Microblog] Finish Signing Up"
KNOWN = "[Microblog] You Already Have an Account"


def register(visitor: Visitor, **changes: str) -> Answer:
    """Send the sign-up form, filled in well but for the changes."""
    return visitor.submit("/register", follow=True, **{**GOOD, **changes})


def shown(answer: Answer, typed: str) -> str:
    """The page, but for its token and the address that was typed."""
    assert typed in answer.words
    return HIDDEN.sub("", answer.text).replace(typed, "TYPED")


def count(site: RunningSite, model: type) -> int:
    """How many rows a table has."""
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def accounts(site: RunningSite) -> list[tuple[str, str]]:
    """Every account's username and address."""
    with site.database.reading() as db:
        return [(one.username, one.email) for one in db.scalars(select(Account).order_by(Account.id))]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("username", "", "Please choose a username."),
        ("username", "al", "this one has 2"),
        ("username", "al ice", "letters a to z, digits, dots, hyphens and underscores"),
        ("username", "ali\0ce", "cannot be used here"),
        ("username", "Supp0rt", "The username Supp0rt is taken."),
        ("username", "the-aclmin", "The username the-aclmin is taken."),
        ("username", "alice.", "does not begin or end with a dot"),
        ("username", ".alice", "does not begin or end with a dot"),
        ("email", "", "Please type your email address."),
        ("email", "alice.example.com", "@"),
        ("email", "alice@example", "period"),
        ("email", "a@example.com, b@example.com", "@"),
        ("email", "a@example.com\r\nBcc: b@example.com", "cannot be used here"),
        ("email", "a" * 250 + "@example.com", "at most 254"),
        ("password", "", "Please choose a password."),
        ("password", "short words", "has 11 of at least 12 characters"),
        ("password", "password1234", "common passwords"),
        ("password", "microblog1234", "little more than your name"),
        ("password2", "", "once more"),
        ("password2", PASSWORD + " ", "not the same"),
    ],
)
def test_a_refused_field_says_why_and_what_was_typed_is_kept_but_never_a_password(
    page_site: RunningSite, field: str, value: str, why: str
) -> None:
    answer = register(page_site.visitor(), **{field: value} | ({"password2": value} if field == "password" else {}))
    assert answer.status == 422
    assert why in answer.words
    for name in {"username", "email"} - {field}:
        assert answer.value_of(name) == GOOD[name]
    assert answer.value_of("password") is None
    assert answer.value_of("password2") is None
    assert PASSWORD not in answer.text
    assert count(page_site, SignUp) == count(page_site, Email) == 0


def test_a_password_that_is_the_address_is_refused(page_site: RunningSite) -> None:
    mine = "rowing.ferryman@example.com"
    answer = register(page_site.visitor(), email=mine, password=mine, password2=mine)
    assert answer.status == 422
    assert "your address" in answer.words


def test_the_operators_shortest_password_is_the_rule(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(PASSWORD_MIN_LENGTH="20").start(deliver=False)
    nineteen = "seven boats in fogs"
    answer = register(site.visitor(), password=nineteen, password2=nineteen)
    assert answer.status == 422
    assert "it has 19 of at least 20 characters." in answer.words
    assert "At least 20 characters" in answer.words


def test_a_taken_username_is_told_in_any_case_and_what_was_typed_is_kept(site: RunningSite) -> None:
    site.sign_up("alice")
    answer = register(site.visitor(), username="ALICE", email="other@example.com")
    assert answer.status == 422
    assert "The username ALICE is taken" in answer.words
    assert (answer.value_of("username"), answer.value_of("email")) == ("ALICE", "other@example.com")
    assert PASSWORD not in answer.text
    assert count(site, SignUp) == 0


def test_a_new_and_a_known_address_get_the_same_answer_and_different_letters(site: RunningSite) -> None:
    site.sign_up("alice", "Alice@Example.COM")
    answers, cookies = {}, {}
    for username, email in (("newcomer", "new@example.com"), ("impostor", "ALICE@example.com")):
        visitor = site.visitor()
        answers[username] = register(visitor, username=username, email=email)
        cookies[username] = {(cookie.name, cookie.path, cookie.expires) for cookie in visitor.jar}
    new, known = answers["newcomer"], answers["impostor"]
    assert "Check your email" in new.words
    assert shown(new, "new@example.com") == shown(known, "ALICE@example.com")
    assert (new.status, new.url) == (known.status, known.url)
    assert new.headers.keys() == known.headers.keys()
    assert cookies["newcomer"] == cookies["impostor"]
    first, second = site.letters(3)[1:]
    assert (first.summary.to, first.summary.subject) == ("new@example.com", FINISH)
    assert (second.summary.to, second.summary.subject) == ("Alice@example.com", KNOWN)
    assert "/register/finish/" not in second.source
    assert f"{site.base}/reset_password_request" in second.text
    assert f"{site.base}/login" in second.text
    assert "impostor" not in second.source


def test_signing_up_with_a_known_address_changes_nothing_for_its_owner(site: RunningSite) -> None:
    site.sign_up("alice")
    register(site.visitor(), username="impostor", password=NEW_PASSWORD, password2=NEW_PASSWORD)
    site.letters(2)
    assert accounts(site) == [("alice", "alice@example.com")]
    owner = site.visitor()
    assert owner.sign_in("alice", NEW_PASSWORD).status == 422
    assert owner.sign_in("impostor", NEW_PASSWORD).status == 422
    owner.sign_in("alice", PASSWORD)
    assert owner.signed_in_as() == "alice"


def test_too_many_sign_ups_from_one_client_are_told_to_wait_and_keep_what_was_typed(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_SIGN_UP_PER_CLIENT="2/hour").start(deliver=False)
    visitor = site.visitor()
    for number in range(2):
        assert register(visitor, email=f"{number}@example.com").path == "/check-email"
    answer = register(visitor)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1800"
    assert "Please wait 30 minutes" in answer.words
    assert (answer.value_of("username"), answer.value_of("email")) == ("alice", "alice@example.com")
    assert PASSWORD not in answer.text
    assert count(site, SignUp) == count(site, Email) == 2
    site.clock.move(seconds=1800)
    assert register(visitor).path == "/check-email"


def test_the_whole_site_takes_so_many_sign_ups_from_however_many_networks(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_SIGN_UP_PER_SITE="2/hour", TRUSTED_PROXIES="1").start(deliver=False)
    crowd = [site.visitor(**{"X-Forwarded-For": f"203.0.{number}.1"}) for number in range(5)]
    answers = [register(visitor, email=f"{number}@example.com") for number, visitor in enumerate(crowd)]
    assert [answer.status for answer in answers] == [200] * 4 + [429]  # as many again of networks that rarely try
    assert answers[4].headers["Retry-After"] == "1800"
    assert answers[4].value_of("email") == "4@example.com"
    assert count(site, SignUp) == count(site, Email) == 4
    site.clock.move(minutes=30)
    assert register(crowd[4]).path == "/check-email"


def test_letters_to_one_address_are_limited_in_silence(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_SIGN_UP_PER_IDENTIFIER="2/hour").start()
    emails = ("a@example.com", "A@EXAMPLE.com", "a@example.COM")
    pages = [register(site.visitor(), username=f"alice{number}", email=email) for number, email in enumerate(emails)]
    register(site.visitor(), username="other", email="other@example.com")
    assert {letter.summary.to.lower() for letter in site.letters(3)} == {"a@example.com", "other@example.com"}
    assert {page.status for page in pages} == {200}
    assert len({shown(page, email) for page, email in zip(pages, emails, strict=True)}) == 1
    with site.database.reading() as db:
        dropped = db.scalars(select(Email).where(Email.state == State.DROPPED)).one()
    assert dropped.reason == "too_many_sign_up_emails"


def test_a_stranger_elsewhere_does_not_use_up_the_letters_to_an_address(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_SIGN_UP_PER_IDENTIFIER="2/hour", TRUSTED_PROXIES="1").start()
    for number in range(3):
        register(site.visitor(**{"X-Forwarded-For": "203.0.113.9"}), username=f"stranger{number}")
    owner = site.visitor(**{"X-Forwarded-For": "198.51.100.7"})
    register(owner, username="oscar")
    assert "ready" in owner.submit(link_in(site.letters(3)[-1].text)).words
    assert accounts(site) == [("oscar", "alice@example.com")]


def test_from_everywhere_together_an_address_gets_four_times_as_many_letters(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_SIGN_UP_PER_IDENTIFIER="1/hour", TRUSTED_PROXIES="1").start()
    for number in range(6):
        register(site.visitor(**{"X-Forwarded-For": f"203.0.113.{number}"}), username=f"stranger{number}")
    register(site.visitor(), username="other", email="other@example.com")
    assert sorted(letter.summary.to for letter in site.letters(5)) == ["alice@example.com"] * 4 + ["other@example.com"]


def test_a_new_and_a_known_address_ask_the_database_the_same(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start(deliver=False)
    member(site, "alice")
    kinds = []
    for username, email in (("newcomer", "new@example.com"), ("impostor", "ALICE@example.com")):
        visitor = site.visitor()
        token = visitor.token_in(visitor.get("/register"))
        with statements(site) as asked:
            answer = visitor.post("/register", {"csrf_token": token, **GOOD, "username": username, "email": email})
        assert answer.path == "/check-email"
        kinds.append(asked)
    assert any("INSERT INTO outbox" in one for one in kinds[0])
    assert kinds[0] == kinds[1]


def test_the_outbox_holds_neither_the_password_nor_a_token(site: RunningSite) -> None:
    register(site.visitor())
    token = link_in(site.letters(1)[0].text).rpartition("/")[2]
    with site.database.reading() as db:
        row = db.scalars(select(Email)).one()
        kept = db.scalars(select(SignUp)).one()
    assert token not in str(vars(row))
    assert not re.search(PASSWORD, str(vars(row)) + str(vars(kept)))


def test_somebody_signed_in_is_sent_home_from_the_form(site: RunningSite) -> None:
    member = site.sign_up("alice")
    member.sign_in("alice", PASSWORD)
    assert member.get("/register").path == "/index"


def test_the_same_sign_up_clicked_twice_is_one_sign_up_and_one_letter(site: RunningSite) -> None:
    visitor = site.visitor()
    assert {register(visitor).words for _ in range(2)} == {register(site.visitor()).words}
    assert (count(site, SignUp), count(site, Email)) == (1, 1)
    site.clock.move(minutes=1)
    register(visitor)
    assert (count(site, SignUp), count(site, Email)) == (2, 2)


def test_the_same_sign_up_sent_four_times_at_once_is_one(site: RunningSite) -> None:
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(lambda _: register(site.visitor()), range(4)))
    assert (count(site, SignUp), count(site, Email)) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [{"password": NEW_PASSWORD, "password2": NEW_PASSWORD}, {"username": "alice2"}, {"email": "alice2@example.com"}],
    ids=["another password", "another name", "another address"],
)
def test_a_sign_up_that_was_corrected_within_a_minute_is_another(site: RunningSite, change: dict[str, str]) -> None:
    register(site.visitor())
    register(site.visitor(), **change)
    assert (count(site, SignUp), count(site, Email)) == (2, 2)

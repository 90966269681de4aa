"""/account/recovery-codes: making and printing codes. /recovery_code: a new password with one of them."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.db import Base
from microblog.identity import Account
from microblog.recovery.models import RecoveryCode
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import HIDDEN, Answer, Visitor

MAKE, USE = "/account/recovery-codes", "/recovery_code"
CODE = re.compile(r"<code>([0-9A-Z-]{29})</code>")
WRONG = "That name and code do not go together"
NOBODYS = "0000-1111-2222-3333-4444-5555"
BOTH = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
MakeSite = Callable[..., RunningSite]


def make(visitor: Visitor) -> list[str]:
    """Make ten codes, and read them off the page."""
    page = visitor.submit(MAKE, current_password=PASSWORD)
    assert page.status == 200, page.words
    return CODE.findall(page.text)


def use(visitor: Visitor, name: str, code: str, **fields: str) -> Answer:
    """Use a code."""
    return visitor.submit(USE, follow=True, **{"username": name, "code": code, **BOTH, **fields})


def events(site: RunningSite) -> list[str]:
    """What happened, in order, but for signing in."""
    with site.database.reading() as db:
        kinds = db.scalars(select(Event.kind).order_by(Event.id))
        return [kind for kind in kinds if not kind.startswith("sign")]


def test_the_codes_are_shown_once_for_printing_and_by_no_browser_kept(site: RunningSite) -> None:
    alice = member(site, "alice")
    assert "You have no codes now." in alice.get(MAKE).words
    page = alice.submit(MAKE, current_password=PASSWORD)
    codes = CODE.findall(page.text)
    assert (page.status, page.title, len(set(codes))) == (200, "Your recovery codes", 10)
    assert page.headers["Cache-Control"] == "no-store"
    assert "alice" in page.words
    assert f"{site.base}{USE}" in page.words
    assert "@media print" in alice.get("/static/css/codes.css").text
    again = alice.get(MAKE)
    assert "You have 10 codes" in again.words
    assert not any(code in again.text for code in codes)
    assert events(site) == ["recovery_codes_made"]
    letter = site.letters(1)[-1]
    assert letter.summary.subject == "[Microblog] New Recovery Codes Were Made"
    assert not any(code in letter.source for code in codes)


def test_visitors_are_sent_to_sign_in_and_nothing_is_made(site: RunningSite) -> None:
    visitor = site.visitor()
    assert visitor.get(MAKE, follow=False).headers["Location"] == f"/login?next={MAKE}"
    token = visitor.token_in(visitor.get("/login"))
    answer = visitor.post(MAKE, {"csrf_token": token, "password": PASSWORD}, follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize(("typed", "why"), [("", "Please type your password."), (NEW_PASSWORD, "not your password")])
def test_without_the_current_password_no_codes_are_made(site: RunningSite, typed: str, why: str) -> None:
    alice = member(site, "alice")
    answer = alice.submit(MAKE, current_password=typed)
    assert answer.status == 422
    assert why in answer.words
    assert events(site) == []


def test_without_its_token_no_codes_are_made(site: RunningSite) -> None:
    alice = member(site, "alice")
    assert alice.post(MAKE, {"password": PASSWORD}).status == 400
    assert events(site) == []


def test_whoever_found_an_open_browser_cannot_try_passwords_at_leisure(site_with: MakeSite) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_IDENTIFIER="3/hour", TRUSTED_PROXIES="1").start()
    thief = member(site, "alice")
    for number in range(3):
        thief.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        assert thief.submit(MAKE, current_password=f"guess number {number}").status == 422
    answer = thief.submit(MAKE, current_password=PASSWORD)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1200"
    assert events(site) == []
    assert site.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_tries_of_the_password_count_among_the_clients_sign_ins(site_with: MakeSite) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_CLIENT="2/hour").start()
    thief = member(site, "alice")
    assert thief.submit(MAKE, current_password=NEW_PASSWORD).status == 422
    assert thief.submit(MAKE, current_password=PASSWORD).status == 429


def test_within_a_day_of_a_recovery_no_codes_are_made_and_the_page_says_until_when(site: RunningSite) -> None:
    alice = member(site, "alice")
    with site.database.writing() as db:
        db.execute(update(Account).values(recovered_at=site.clock.now))
    answer = alice.submit(MAKE, current_password=PASSWORD)
    assert answer.status == 422
    assert "works again from 12:00 UTC on 23 November" in answer.words
    assert CODE.findall(answer.text) == []
    site.clock.move(hours=24)
    alice.sign_in("alice", PASSWORD)
    assert len(make(alice)) == 10


@pytest.mark.parametrize("left", [4, 3, 1])
def test_the_page_says_when_it_is_time_for_new_ones(site: RunningSite, left: int) -> None:
    alice = member(site, "alice")
    make(alice)
    with site.database.writing() as db:
        db.execute(delete(RecoveryCode).where(RecoveryCode.id > left))
    few = f"Only {left} of your ten codes {'is' if left == 1 else 'are'} left"
    assert (few in alice.get(MAKE).words) == (left <= 3)


def test_the_pages_that_speak_of_letters_lead_here(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    for path in ("/reset_password_request", "/reset_password/altered"):
        assert f'href="{USE}"' in visitor.get(path).text
    assert visitor.get(USE).title == "Use a recovery code"


def test_a_code_gives_a_new_password_and_no_login_and_ends_all_logins_and_links(site: RunningSite) -> None:
    alice = member(site, "alice")
    codes = make(alice)
    site.visitor().submit("/reset_password_request", email="alice")
    link = link_in(site.letters(2)[-1].text)
    visitor = site.visitor()
    done = use(visitor, " ALICE ", codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    assert done.path == "/login"
    assert "Your password has been reset" in done.words
    assert "You have 9 more codes." in done.words
    assert (visitor.signed_in_as(), alice.signed_in_as()) == (None, None)
    assert site.visitor().get(link).title == "This link has been used or replaced"
    assert visitor.sign_in("alice", PASSWORD).status == 422
    visitor.sign_in("alice", NEW_PASSWORD)
    assert visitor.signed_in_as() == "alice"
    assert site.letters(3)[-1].summary.subject == "[Microblog] Your Password Was Changed"
    with site.database.reading() as db:
        assert db.scalars(select(Account.recovered_at)).one() == site.clock.now
    assert WRONG in use(site.visitor(), "alice", codes[0]).words
    assert events(site)[-1] == "recovery_code_refused"
    assert events(site).count("recovery_code_used") == 1


def test_whoever_is_signed_in_as_somebody_else_is_signed_out(site: RunningSite) -> None:
    codes, bob = make(member(site, "alice")), member(site, "bob")
    assert use(bob, "alice", codes[0]).path == "/login"
    assert bob.signed_in_as() is None
    with site.database.reading() as db:
        assert list(db.scalars(select(SignInSession.id))) == []


def test_the_browser_starts_afresh_after_a_code(site: RunningSite) -> None:
    codes, visitor = make(member(site, "alice")), site.visitor()
    member(site, "bob")
    visitor.submit("/reset_password_request", email="bob")
    assert visitor.get(link_in(site.letters(2)[-1].text)).status == 200
    assert use(visitor, "alice", codes[0]).path == "/login"
    assert visitor.get("/reset_password").status == 400  # the opened link is not carried on


def test_the_form_helps_password_managers_and_tells_the_rules_first(page_site: RunningSite) -> None:
    page = page_site.visitor().get(USE)
    assert "At least 12 characters" in page.words
    assert page.text.count('autocomplete="username"') == 1
    assert page.text.count('autocomplete="new-password"') == 2


def all_of(answer: Answer, visitor: Visitor, name: str) -> tuple[object, ...]:
    """Everything a stranger can see of an answer, but for the CSRF token, the clock and the name they typed."""
    headers = sorted((key, value) for key, value in answer.headers.items() if key not in ("Date", "Set-Cookie"))
    cookies = sorted((cookie.name, cookie.path, cookie.expires) for cookie in visitor.jar)
    body = re.sub(HIDDEN, "", answer.text).replace(f'value="{name}"', "")
    return answer.status, body, [one for one in headers if one[0] != "Content-Length"], cookies


def test_unknown_names_wrong_codes_and_used_ones_get_the_same_answer(site: RunningSite) -> None:
    codes = make(member(site, "alice"))
    member(site, "bob")
    use(site.visitor(), "alice", codes[0])
    answers = []
    for name, code in (
        ("alice", NOBODYS),
        ("alice", codes[0]),
        ("bob", codes[1]),
        ("bob", NOBODYS),
        ("nobody", NOBODYS),
        ("nobody@example.com", codes[1]),
    ):
        visitor = site.visitor()
        answer = use(visitor, name, code)
        assert answer.value_of("code") == code
        body = answer.text.replace(f'value="{code}"', "")
        answers.append(all_of(Answer(answer.status, answer.url, answer.headers, body), visitor, name))
    assert WRONG in str(answers[0][1])
    assert all(answer == answers[0] for answer in answers)
    with site.database.reading() as db:
        refused = db.scalars(select(Event).where(Event.kind == "recovery_code_refused").order_by(Event.id)).all()
    assert [(one.account_id is None, bool(one.about)) for one in refused] == [(False, False)] * 4 + [(True, True)] * 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"username": ""}, "Please type your username or email address."),
        ({"username": "two words"}, "neither an email address nor a username"),
        ({"code": ""}, "Please type one of your recovery codes."),
        ({"code": "0000-1111"}, "24 letters and digits"),
        ({"code": "0" * 101}, "100"),
        ({"password": "short words", "password2": "short words"}, "has 11 of at least 12 characters"),
        ({"password2": "another one altogether"}, "not the same"),
        ({"password": "alice-alice-alice", "password2": "alice-alice-alice"}, "little more than your name"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason_and_uses_up_nothing(
    site: RunningSite, fields: dict[str, str], why: str
) -> None:
    codes = make(member(site, "alice"))
    answer = site.visitor().submit(USE, follow=True, **{"username": "alice", "code": codes[0], **BOTH, **fields})
    assert answer.status == 422
    assert why in answer.words
    assert answer.value_of("password") is None
    assert use(site.visitor(), "alice", codes[0]).path == "/login"


def test_a_password_about_the_address_is_refused_to_who_has_a_code_and_told_to_nobody_else(site: RunningSite) -> None:
    codes = make(member(site, "alice", "quombelfritz@example.com"))
    about = {"password": "quombelfritz9", "password2": "quombelfritz9"}
    assert WRONG in use(site.visitor(), "alice", NOBODYS, **about).words
    answer = use(site.visitor(), "alice", codes[0], **about)
    assert "little more than your name" in answer.words
    assert use(site.visitor(), "alice", codes[0]).path == "/login"


def test_tries_are_limited_by_client_by_name_and_for_the_site_and_known_and_unknown_alike(site_with: MakeSite) -> None:
    site = site_with(LIMIT_RECOVERY_CODE_PER_IDENTIFIER="2/hour", TRUSTED_PROXIES="1").start()
    codes = make(member(site, "alice"))
    for name in ("alice", "nobody"):
        attacker = site.visitor(**{"X-Forwarded-For": "203.0.113.9"})
        assert [use(attacker, name, NOBODYS).status for _ in range(3)] == [422, 422, 429]
        assert use(attacker, name.upper(), NOBODYS).headers["Retry-After"] == "1800"
    owner = site.visitor(**{"X-Forwarded-For": "198.51.100.7"})
    assert use(owner, "alice", codes[0]).path == "/login"


def test_tries_are_limited_whatever_the_names(site_with: MakeSite) -> None:
    site = site_with(LIMIT_RECOVERY_CODE_PER_CLIENT="2/hour").start(deliver=False)
    assert [use(site.visitor(), f"nobody{number}", NOBODYS).status for number in range(3)] == [422, 422, 429]


def test_a_stranger_with_many_addresses_keeps_nobody_elses_codes_from_working(site_with: MakeSite) -> None:
    site = site_with(LIMIT_RECOVERY_CODE_PER_SITE="6/hour", TRUSTED_PROXIES="1").start(deliver=False)
    codes = make(member(site, "alice"))

    def attempt(address: str, name: str, code: str) -> int:
        return use(site.visitor(**{"X-Forwarded-For": address}), name, code).status

    crowd = [f"203.0.113.{number}" for number in range(10)]  # one stranger's many addresses, in one network
    assert [attempt(address, "nobody", NOBODYS) for address in crowd] == [422] * 9 + [429]
    assert attempt("198.51.100.1", "alice", codes[0]) == 200
    assert [attempt(f"192.0.2.{number}", "nobody", NOBODYS) for number in range(3)] == [422, 422, 429]


def test_no_code_is_in_any_row_and_no_log(site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    codes = make(member(site, "alice"))
    use(site.visitor(), "alice", codes[0])
    use(site.visitor(), "alice", codes[0])
    bare = [code.replace("-", "") for code in codes]
    with site.database.reading() as db:
        rows = everything(db)
    said = "\n".join([rows, *(record.getMessage() for record in caplog.records)])
    assert "/recovery_code" in said
    assert not any(code in said for code in [*codes, *bare])


def everything(db: Session) -> str:
    """Return all rows of all tables."""
    return "\n".join(str(row) for table in Base.metadata.sorted_tables for row in db.execute(select(table)))

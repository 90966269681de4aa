"""The letters that tell an owner of a sign-in that may have been somebody else's."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from microblog.audit.models import Event
from microblog.identity import Account, BackupEmail
from microblog.mail import Email
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Visitor

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
KINDS = ("failed_sign_ins", "new_device")


@pytest.fixture
def quiet(site_with: Callable[..., RunningSite]) -> RunningSite:
    """A site that delivers nothing, with Alice in it, who uses Firefox on Windows."""
    site = site_with(TRUSTED_PROXIES="1").start(deliver=False)
    member(site, "alice")
    with site.database.writing() as db:
        db.execute(update(Event).values(device="Firefox on Windows"))
    return site


def browser(site: RunningSite, user_agent: str = FIREFOX, address: str = "192.0.2.7") -> Visitor:
    """A new browser."""
    return site.visitor(**{"User-Agent": user_agent, "X-Forwarded-For": address})


def letters(site: RunningSite) -> list[Email]:
    """The letters of these kinds, in order."""
    with site.database.reading() as db:
        return list(db.scalars(select(Email).where(Email.kind.in_(KINDS)).order_by(Email.id)))


def fail(site: RunningSite, times: int) -> None:
    """Guess at Alice's password from here and there."""
    for number in range(times):
        guesser = browser(site, CHROME, f"203.0.{113 + number % 2}.{number}")
        assert guesser.sign_in("alice", NEW_PASSWORD).status == 422
        site.clock.move(minutes=1)


def signs_in(site: RunningSite, visitor: Visitor) -> None:
    """Sign in, for once with success."""
    assert visitor.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_a_success_after_ten_failures_is_told_with_how_many_since_when_and_from_where(quiet: RunningSite) -> None:
    began = quiet.clock.now
    fail(quiet, 10)
    signs_in(quiet, browser(quiet))
    (letter,) = letters(quiet)
    assert (letter.kind, letter.to, letter.urgent) == ("failed_sign_ins", "alice@example.com", False)
    assert letter.payload == {
        "username": "alice",
        "at": quiet.clock.now.isoformat(),
        "origin": {"device": "Firefox on Windows", "network": "192.0.2.0/24"},
        "times": 10,
        "since": began.isoformat(),
        "origins": [
            {"device": "Chrome on Linux", "network": "203.0.113.0/24"},
            {"device": "Chrome on Linux", "network": "203.0.114.0/24"},
        ],
        "other_origins": 0,
    }


def test_after_nine_failures_nobody_is_alarmed(quiet: RunningSite) -> None:
    fail(quiet, 9)
    signs_in(quiet, browser(quiet))
    assert letters(quiet) == []


def test_failures_are_counted_from_the_last_success(quiet: RunningSite) -> None:
    fail(quiet, 9)
    signs_in(quiet, browser(quiet))
    fail(quiet, 9)
    signs_in(quiet, browser(quiet))
    assert letters(quiet) == []
    fail(quiet, 10)
    signs_in(quiet, browser(quiet))
    signs_in(quiet, browser(quiet))
    assert [letter.payload["times"] for letter in letters(quiet)] == [10], "and told once"


def test_failures_without_a_success_send_nothing(quiet: RunningSite) -> None:
    fail(quiet, 12)
    assert letters(quiet) == []


def test_a_sign_in_from_a_new_kind_of_device_is_told_once(quiet: RunningSite) -> None:
    signs_in(quiet, browser(quiet, address="198.51.100.1"))
    assert letters(quiet) == [], "another network alone is no new device"
    signs_in(quiet, browser(quiet, CHROME))
    (letter,) = letters(quiet)
    assert (letter.kind, letter.to, letter.urgent) == ("new_device", "alice@example.com", False)
    assert letter.payload["origin"] == {"device": "Chrome on Linux", "network": "192.0.2.0/24"}
    signs_in(quiet, browser(quiet, CHROME))
    assert len(letters(quiet)) == 1


def test_a_browser_that_is_known_is_no_new_device_whatever_it_calls_itself(quiet: RunningSite) -> None:
    visitor = browser(quiet)
    signs_in(quiet, visitor)
    visitor.sign_out()
    visitor.headers["User-Agent"] = CHROME
    signs_in(quiet, visitor)
    assert letters(quiet) == []


def test_the_first_sign_in_after_signing_up_in_the_same_browser_is_none(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    signs_in(site, visitor)
    assert letters(site) == []
    signs_in(site, browser(site, CHROME))
    assert [letter.kind for letter in letters(site)] == ["new_device"]


def test_an_account_whose_devices_were_never_noted_is_not_alarmed(quiet: RunningSite) -> None:
    with quiet.database.writing() as db:
        db.execute(update(Event).values(device=""))
    signs_in(quiet, browser(quiet, CHROME))
    assert letters(quiet) == []


def test_both_at_once_are_one_letter_to_each_of_the_owners_addresses(quiet: RunningSite) -> None:
    with quiet.database.writing() as db:
        alice = db.scalars(select(Account)).one()
        second = BackupEmail(
            account_id=alice.id, email="a@example.org", email_key="a@example.org", added_at=quiet.clock()
        )
        db.add(second)
    fail(quiet, 10)
    signs_in(quiet, browser(quiet, CHROME))
    assert [(letter.kind, letter.to) for letter in letters(quiet)] == [
        ("failed_sign_ins", "alice@example.com"),
        ("failed_sign_ins", "a@example.org"),
    ]


def test_more_than_a_thousand_failures_are_no_more_work_than_a_thousand(quiet: RunningSite) -> None:
    with quiet.database.writing() as db:
        alice = db.scalars(select(Account)).one()
        row = {"account_id": alice.id, "kind": "sign_in_refused", "at": quiet.clock(), "detail": "", "about": ""}
        db.execute(Event.__table__.insert(), [{**row, "device": "", "network": ""}] * 1001)  # type: ignore[attr-defined]
    signs_in(quiet, browser(quiet))
    assert letters(quiet)[0].payload["times"] == 1000

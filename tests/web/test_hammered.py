"""Somebody asks for letters in the owner's name, as often as they can: the owner gets back in all the same."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from microblog.audit import EventType
from microblog.mail import Email, State
from support.members import member
from support.running import NEW_PASSWORD, RunningSite, link_in
from web.recovering import RESET, choose, letters, noted

PAGE = "/reset_password_request"
OWNER = "198.51.100.7"


def ask(site: RunningSite, address: str, name: str = "alice") -> None:
    site.visitor(**{"X-Forwarded-For": address}).submit(PAGE, email=name)
    while site.delivery.deliver_batch():
        pass


def sent(site: RunningSite) -> list[Email]:
    with site.database.reading() as db:
        return list(db.scalars(select(Email).where(Email.state == State.SENT).order_by(Email.id)))


def hammered(site_with: Callable[..., RunningSite], **environ: str) -> RunningSite:
    site = site_with(TRUSTED_PROXIES="1", **environ).start(deliver=False)
    member(site, "alice")
    return site


def test_a_stranger_who_used_up_their_share_leaves_the_owner_theirs(site_with: Callable[..., RunningSite]) -> None:
    site = hammered(site_with)
    for number in range(30):
        ask(site, f"203.0.113.{number}")
        site.clock.move(seconds=61)
    by_the_stranger = len(sent(site))
    assert by_the_stranger < 15
    ask(site, OWNER)
    assert len(sent(site)) == by_the_stranger + 1
    link = link_in(letters(site, RESET, by_the_stranger + 1)[-1].text)
    assert choose(site.visitor(), link, NEW_PASSWORD).path == "/login"


def test_however_many_strangers_ask_there_is_always_a_link_that_works_for_half_its_life(
    site_with: Callable[..., RunningSite],
) -> None:
    limits = {"LIMIT_RESET_PER_ACCOUNT": "2/day", "LIMIT_RESET_PER_SITE": "off"}
    site = hammered(site_with, **limits)
    for minute in range(25):
        ask(site, f"203.0.{minute}.1")  # a new network each minute
        ask(site, OWNER, "alice@example.com")
        age = site.clock() - sent(site)[-1].queued_at
        assert age < timedelta(minutes=5)
        site.clock.move(minutes=1)
    assert len(sent(site)) <= 2 + 5 + 1
    visitor = site.visitor()
    assert choose(visitor, link_in(letters(site, RESET, len(sent(site)))[-1].text), NEW_PASSWORD).path == "/login"


def test_together_strangers_bring_no_more_letters_than_the_account_is_allowed(
    site_with: Callable[..., RunningSite],
) -> None:
    site = hammered(site_with, LIMIT_RESET_PER_ACCOUNT="3/hour", RESET_LINK_MINUTES="1440")
    for number in range(20):
        ask(site, f"203.0.{number}.1")
        site.clock.move(seconds=61)
    assert len(sent(site)) == 3
    assert "too_many_reset_emails" in noted(site, EventType.RESET_REQUESTED, 20)


def test_a_strangers_newer_request_ends_no_link_the_owner_has(site_with: Callable[..., RunningSite]) -> None:
    site = hammered(site_with)
    ask(site, OWNER)
    link = link_in(letters(site, RESET, 1)[0].text)
    for number in range(8):
        site.clock.move(seconds=61)
        ask(site, f"203.0.113.{number}")
    assert choose(site.visitor(), link, NEW_PASSWORD).path == "/login"


def test_a_strangers_newer_request_that_takes_the_place_of_the_owners_brings_the_owner_the_letter(
    site_with: Callable[..., RunningSite],
) -> None:
    site = hammered(site_with, LIMIT_RESET_PER_IDENTIFIER="1/hour", LIMIT_RESET_PER_ACCOUNT="1/hour")
    for number in range(5):
        site.visitor(**{"X-Forwarded-For": f"203.0.113.{number}"}).submit(PAGE, email="alice")
        site.visitor(**{"X-Forwarded-For": OWNER}).submit(PAGE, email="alice")
        site.visitor(**{"X-Forwarded-For": f"203.0.113.{number}"}).submit(PAGE, email="alice")
    while site.delivery.deliver_batch():
        pass
    letter = letters(site, RESET, 1)[0]
    assert letter.summary.to == "alice@example.com"
    assert choose(site.visitor(), link_in(letter.text), NEW_PASSWORD).path == "/login"


def test_whoever_used_a_link_and_forgets_again_is_served_while_strangers_ask(
    site_with: Callable[..., RunningSite],
) -> None:
    site = hammered(site_with)
    for number in range(6):
        ask(site, f"203.0.{number}.1")
        site.clock.move(seconds=61)
    count = len(sent(site))
    choose(site.visitor(), link_in(letters(site, RESET, count)[-1].text), NEW_PASSWORD)
    ask(site, OWNER)
    letters(site, RESET, count + 1)

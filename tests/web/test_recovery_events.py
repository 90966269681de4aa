"""What is noted of a recovery: who asked roughly from where, what became of the letter, and what of its link."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, update

from microblog.audit import EventType, hash_identifier
from microblog.audit.models import Event
from microblog.identity import Account
from microblog.mail import Email
from microblog.web.deferred import deferred_writes
from support.members import member
from support.past_events import of_hash
from support.running import NEW_PASSWORD, RunningSite, link_in
from support.visitor import Visitor
from web.recovering import CHANGED, RESET, choose, letters, link_of, noted, page_of_events, settled

PAGE = "/reset_password_request"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


def on(site: RunningSite, browser: str) -> Visitor:
    return site.visitor(**{"User-Agent": browser})


def link_for_alice(site: RunningSite) -> str:
    member(site, "alice")
    on(site, FIREFOX).submit(PAGE, email="alice")
    return link_of(site, RESET, 1)


def every_event(site: RunningSite) -> list[Event]:
    with site.database.reading() as db:
        return list(db.scalars(select(Event).order_by(Event.id)))


def test_a_letter_asked_for_is_noted_with_when_and_roughly_from_where_and_what_became_of_it(site: RunningSite) -> None:
    link_for_alice(site)
    settled(site)
    newest = page_of_events(site).events[0]
    assert (newest.kind, newest.at, newest.detail) == (EventType.RESET_REQUESTED, site.clock(), "")
    assert (newest.origin.device, newest.origin.network) == ("Firefox on Windows", "127.0.0.0/24")
    assert newest.letter is not None
    assert (newest.letter.state, newest.letter.ended_at) == ("sent", site.clock())


def test_asking_is_noted_as_of_when_it_was_asked_and_once_however_often_the_letter_is_tried(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(MAIL_SERVER="127.0.0.1", MAIL_PORT="9").start(deliver=False)
    member(site, "alice")
    asked = site.clock()
    site.visitor().submit(PAGE, email="alice")
    for _ in range(3):
        site.clock.move(minutes=5)
        assert site.delivery.deliver_batch() == 1
    noted(site, EventType.RESET_REQUESTED, 1)
    newest = page_of_events(site).events[0]
    assert newest.at == asked
    assert newest.letter is not None
    assert (newest.letter.state, newest.letter.ended_at) == ("waiting", None)


def test_a_letter_that_is_not_sent_is_noted_with_why(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="1/hour").start()
    member(site, "alice")
    for name in ("alice", "ALICE", "alice@example.com"):
        site.visitor().submit(PAGE, email=name)
        settled(site)
    details = ["", "repeated", "too_many_reset_emails"]
    assert noted(site, EventType.RESET_REQUESTED, 3) == details
    outcomes = [
        event.letter for event in reversed(page_of_events(site).events) if event.kind == EventType.RESET_REQUESTED
    ]
    assert [(one.state, one.reason) for one in outcomes if one] == [
        ("sent", ""),
        *(("dropped", why) for why in details[1:]),
    ]


def test_two_requests_of_which_one_letter_is_made_are_both_noted(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start(deliver=False)
    member(site, "alice")
    for browser in (FIREFOX, PHONE):
        on(site, browser).submit(PAGE, email="alice")
    while site.delivery.deliver_batch():
        pass
    assert noted(site, EventType.RESET_REQUESTED, 2) == ["superseded", ""]
    origins = [event.origin.device for event in page_of_events(site).events if event.kind == EventType.RESET_REQUESTED]
    assert origins == ["Safari on iPhone", "Firefox on Windows"]


def test_a_request_whose_letter_came_too_late_is_noted(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start(deliver=False)
    member(site, "alice")
    site.visitor().submit(PAGE, email="alice")
    site.clock.move(hours=24)
    site.delivery.deliver_batch()
    assert noted(site, EventType.RESET_REQUESTED, 1) == ["deadline"]


def test_a_name_nobody_has_is_noted_under_a_keyed_hash_alone(site: RunningSite) -> None:
    on(site, FIREFOX).submit(PAGE, email="Nobody@Example.com")
    settled(site)
    (event,) = every_event(site)
    assert (event.account_id, event.detail) == (None, "no_such_account")
    assert "nobody" not in str(vars(event)).lower().replace("nobody's", "")
    mark = hash_identifier(site.settings.keys("events")[0], "nobody@example.com")
    with site.database.reading() as db:
        page = of_hash(db, mark)
        assert of_hash(db, "").events == of_hash(db, mark[::-1]).events == ()
    assert [one.kind for one in page.events] == [EventType.RESET_REQUESTED]
    assert page.events[0].letter is not None
    assert page.events[0].letter.state == "dropped"


def test_a_link_opened_is_noted_once_and_changes_nothing(site: RunningSite) -> None:
    link = link_for_alice(site)
    for _ in range(3):
        on(site, PHONE).ask("HEAD", link)
        deferred_writes(site.app).flush()
    noted(site, EventType.RESET_LINK_OPENED, 0)
    for browser in (PHONE, FIREFOX, PHONE):
        assert on(site, browser).get(link).title == "Choose a new password"
        deferred_writes(site.app).flush()  # each is noted by itself, as by another process
    noted(site, EventType.RESET_LINK_OPENED, 1)
    assert page_of_events(site).events[0].origin.device == "Safari on iPhone"
    token = link.rpartition("/")[2]
    assert not any(part in str(vars(event)) for event in every_event(site) for part in token.split("."))


def test_ten_who_open_a_link_at_once_leave_one_note(site: RunningSite) -> None:
    link = link_for_alice(site)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: site.visitor().get(link).status, range(10)))
    assert answers == [200] * 10
    other = site.visitor()
    other.get(link)
    noted(site, EventType.RESET_LINK_OPENED, 1)


def test_opening_a_link_waits_for_nobody_who_writes(site: RunningSite) -> None:
    link = link_for_alice(site)
    settled(site)
    with site.database.writing() as db:
        db.execute(update(Account).values(username="alice"))
        began = time.monotonic()
        assert site.visitor().get(link).status == 200
        assert time.monotonic() - began < 1.5
    noted(site, EventType.RESET_LINK_OPENED, 0)
    deferred_writes(site.app).flush()
    noted(site, EventType.RESET_LINK_OPENED, 1)


def test_two_links_are_two_notes(site: RunningSite) -> None:
    first = link_for_alice(site)
    site.clock.move(minutes=1)
    site.visitor().submit(PAGE, email="alice")
    for link in (first, link_of(site, RESET, 2)):
        site.visitor().get(link)
    noted(site, EventType.RESET_LINK_OPENED, 2)


def test_a_refused_link_is_noted_once_for_each_reason(site: RunningSite) -> None:
    used = link_for_alice(site)
    site.clock.move(minutes=1)
    choose(site.visitor(), used, NEW_PASSWORD)
    for _ in range(2):
        assert site.visitor().get(used).status == 410
    assert noted(site, EventType.RESET_LINK_REFUSED, 1) == ["link_used"]
    site.visitor().submit(PAGE, email="alice")
    late = link_of(site, RESET, 2)
    visitor = site.visitor()
    page = visitor.get(late)
    site.clock.move(minutes=10)
    both = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD, "csrf_token": visitor.token_in(page)}
    assert visitor.post(page.url, both).status == 410
    assert visitor.get("/reset_password").status == 410
    assert noted(site, EventType.RESET_LINK_REFUSED, 2)[1] == "link_expired"


def test_a_link_that_is_not_genuine_is_nobodys_and_leaves_no_note(site: RunningSite) -> None:
    link = link_for_alice(site)
    assert site.visitor().get(link + "x").status == 400
    settled(site)
    assert [event.kind for event in every_event(site)] == ["signed_in", "reset_requested"]


def test_a_link_whose_account_is_gone_leaves_no_note(site: RunningSite) -> None:
    link = link_for_alice(site)
    settled(site)
    with site.database.writing() as db:
        db.execute(delete(Account))
    assert site.visitor().get(link).status == 410
    assert site.visitor().get("/login").status == 200
    assert every_event(site) == []


def test_a_password_set_by_a_link_is_noted_with_where_it_came_from(site: RunningSite) -> None:
    choose(on(site, PHONE), link_for_alice(site), NEW_PASSWORD)
    newest = next(event for event in page_of_events(site).events if event.kind == EventType.PASSWORD_RESET)
    assert (newest.at, newest.origin.device) == (site.clock(), "Safari on iPhone")
    letter = letters(site, CHANGED, 1)[0]
    assert "It came from Safari on iPhone, network 127.0.0.0/24." in letter.text
    assert link_in(letter.text).startswith(f"{site.base}/not-me/")


def test_events_are_read_in_pages_from_the_newest(site: RunningSite) -> None:
    link_for_alice(site)
    for _ in range(4):
        site.clock.move(minutes=7)
        site.visitor().submit(PAGE, email="alice")
        settled(site)
    newest = page_of_events(site, limit=3)
    assert len(newest.events) == 3
    rest = page_of_events(site, before=newest.older, limit=3)
    positions = [event.position for event in (*newest.events, *rest.events)]
    assert positions == sorted(positions, reverse=True)
    assert len(positions) == 6
    assert rest.older is None
    assert rest.events[-1].kind == EventType.SIGNED_IN


def test_nobody_sees_what_happened_to_others(site: RunningSite) -> None:
    link_for_alice(site)
    settled(site)
    member(site, "bob")
    assert [event.kind for event in page_of_events(site, "bob").events] == [EventType.SIGNED_IN]


def test_an_event_outlives_what_the_outbox_forgets_of_its_letter(site: RunningSite) -> None:
    link_for_alice(site)
    settled(site)
    with site.database.writing() as db:
        db.execute(delete(Email))
    assert page_of_events(site).events[0].letter is None


@pytest.mark.parametrize("browser", ["<script>alert(1)</script>", "alice@example.com", "x" * 5000])
def test_what_a_browser_calls_itself_is_noted_nowhere(site: RunningSite, browser: str) -> None:
    member(site, "alice")
    on(site, browser).submit(PAGE, email="alice")
    settled(site)
    newest = page_of_events(site).events[0]
    assert newest.origin.device == "An unknown browser on an unknown system"

"""/not-me: the owner says that somebody else changed the password, and gets back in."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from microblog.audit import EventType
from microblog.auth import unusable_hash
from microblog.auth.models import SignInSession
from microblog.contact import AddressChange
from microblog.contact.backup_email import take_off
from microblog.contact.models import PendingBackupEmail
from microblog.identity import Account, BackupEmail, present_addresses
from microblog.identity.addresses import record_removed
from microblog.recovery.models import RecoveryCode
from support.members import member
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor
from web.recovering import (
    BACK_IN,
    CHANGED,
    OWNERS,
    RESET,
    THIEFS,
    account_of,
    add_second,
    choose,
    letters,
    link_of,
    noted,
    reset,
    say_so,
    settled,
)

ALICE, BACKUP, THIEF = "alice@example.com", "alice@backup.example", "thief@evil.example"


def stolen(site: RunningSite) -> str:
    """Let a stranger who got at Alice's mail set her password, and return the link of the letter she finds."""
    member(site, "alice")
    return reset(site, 1, THIEFS)


def dead(answer: Answer, status: int, title: str) -> bool:
    return (answer.status, answer.title) == (status, title) and 'href="/reset_password_request"' in answer.text


def move_to(site: RunningSite, email: str) -> None:
    """Move Alice's account to another address, as a completed change would."""
    account = account_of(site)
    change = {"account_id": account.id, "old_email": account.email, "old_email_key": account.email_key}
    new = {"new_email": email, "new_email_key": email}
    at = {"asked_at": site.clock(), "completed_at": site.clock()}
    with site.database.writing() as db:
        before = present_addresses(db, account)[0]
        now = {"email": email, "email_key": email, "email_since": site.clock()}
        db.execute(update(Account).where(Account.id == account.id).values(now))
        record_removed(db, account.id, before, site.clock())
        db.execute(insert(AddressChange).values(change | new | at))


def addresses(site: RunningSite) -> tuple[str, str | None]:
    with site.database.reading() as db:
        return account_of(site).email, db.scalar(select(BackupEmail.email))


def test_the_owner_takes_the_account_back_from_whoever_changed_the_password(site: RunningSite) -> None:
    link = stolen(site)
    thief, owner = site.visitor(), site.visitor()
    thief.sign_in("alice", THIEFS)
    site.visitor().submit("/reset_password_request", email="alice@example.com")
    thiefs_link = link_of(site, RESET, 2)
    answer = say_so(owner, link)
    assert answer.path == "/login"
    assert "The account alice is locked" in answer.words
    assert thief.signed_in_as() is None
    assert thief.sign_in("alice", THIEFS).status == 422
    assert dead(thief.get(thiefs_link), 410, "This link has been used or replaced")
    letter = letters(site, BACK_IN, 1)[0]
    assert letter.summary.to == ALICE
    assert "somebody else was using your Microblog account" in letter.text
    assert choose(owner, link_in(letter.text), OWNERS).path == "/login"
    assert owner.sign_in("alice", OWNERS).title == "Hi, alice!"
    assert noted(site, EventType.TAKEOVER_REPORTED) == [""]


def test_the_page_says_what_will_happen_and_shows_no_token(site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = stolen(site)
    visitor = site.visitor()
    moved = visitor.get(link, follow=False)
    assert (moved.status, moved.headers["Location"]) == (303, "/not-me")
    page = visitor.get(link)
    assert (page.path, page.title) == ("/not-me", "Wasn’t this you?")
    assert "account alice was changed at 12:00 UTC on 22 November 2026" in page.words
    assert "the password stops working" in page.words
    assert "recovery codes that were added recently are removed" in page.words
    assert link.rpartition("/")[2] not in moved.text + page.text
    assert page.headers["Cache-Control"] == moved.headers["Cache-Control"] == "no-store"
    assert "/not-me/<path:token>" in caplog.text
    assert not any(part in caplog.text for part in link.rpartition("/")[2].split(".")[1:])


def test_looking_and_pressing_without_a_tick_change_nothing(site: RunningSite) -> None:
    link = stolen(site)
    thief = site.visitor()
    thief.sign_in("alice", THIEFS)
    visitor = site.visitor()
    before = account_of(site).password_hash
    for method in ("HEAD", "GET", "OPTIONS"):
        for path in (link, "/not-me"):
            visitor.ask(method, path, headers={"Sec-Purpose": "prefetch"})
    page = visitor.get(link)
    assert 'type="checkbox"' in page.text
    assert "checked" not in page.text
    for fields in (dict[str, str](), {"sure": ""}, {"change": "1"}):
        answer = visitor.post("/not-me", {"csrf_token": visitor.token_in(page), **fields})
        assert answer.status == 422
        assert "Please tick the box if you are sure." in answer.words
    assert visitor.post("/not-me", {"sure": "y"}).status == 400  # without the form's token
    settled(site)
    assert account_of(site).password_hash == before
    assert thief.signed_in_as() == "alice"
    letters(site, BACK_IN, 0)
    noted(site, EventType.TAKEOVER_REPORTED, 0)


def test_without_an_opened_link_there_is_no_form(site: RunningSite) -> None:
    visitor = site.visitor()
    assert dead(visitor.get("/not-me"), 400, "Please open the link in the email")
    token = visitor.token_in(visitor.get("/login"))
    assert visitor.post("/not-me", {"csrf_token": token, "sure": "y"}).status == 400


def test_an_altered_link_and_one_of_another_kind_open_nothing(site: RunningSite) -> None:
    link = stolen(site)
    start, _, token = link.rpartition("/")
    site.visitor().submit("/reset_password_request", email="alice@example.com")
    other = link_of(site, RESET, 2).rpartition("/")[2]
    for one in (token[:-2], token + "x", other, "x"):
        assert dead(site.visitor().get(f"{start}/{one}"), 400, "This link is not complete, or not from here")
    as_reset = site.visitor().get(link.replace("/not-me/", "/reset_password/"))
    assert dead(as_reset, 400, "This link is not complete, or not from here")


def test_what_was_changed_since_is_undone_and_what_was_there_before_stays(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP)
    code = {"account_id": account_of(site).id, "code_hash": "before", "made_at": site.clock()}
    with site.database.writing() as db:
        db.execute(insert(RecoveryCode).values(code))
    site.clock.move(minutes=5)
    site.visitor().submit("/reset_password_request", email=ALICE)
    choose(site.visitor(), link_of(site, RESET, 1), THIEFS)
    link = link_of(site, CHANGED, 1, ALICE)
    site.clock.move(minutes=5)
    move_to(site, THIEF)
    asked = {"account_id": account_of(site).id, "old_email": THIEF, "old_email_key": THIEF}
    with site.database.writing() as db:
        account = db.get_one(Account, account_of(site).id)
        take_off(db, account, site.clock())
        evil = "x@evil.example"
        db.add(BackupEmail(account_id=account.id, email=evil, email_key=evil, added_at=site.clock()))
        db.execute(insert(RecoveryCode).values(code | {"code_hash": "since", "made_at": site.clock()}))
        new = {"new_email": "y@z.example", "new_email_key": "y@z.example", "asked_at": site.clock()}
        db.execute(insert(AddressChange).values(asked | new))
        pending = {"account_id": account_of(site).id, "email": "x@y.example", "email_key": "x@y.example"}
        until = {"asked_at": site.clock(), "expires_at": site.clock() + timedelta(days=1)}
        db.execute(insert(PendingBackupEmail).values(pending | until))
    say_so(site.visitor(), link)
    assert addresses(site) == (ALICE, BACKUP)
    with site.database.reading() as db:
        assert db.scalars(select(RecoveryCode.code_hash)).all() == []  # a thief may have them too
        (kept,) = db.scalars(select(AddressChange)).all()
        assert (kept.new_email, kept.taken_back_at) == (THIEF, site.clock())  # whoever reads it moves nothing back
        assert db.scalars(select(SignInSession)).all() == []
        assert db.scalars(select(PendingBackupEmail)).all() == []
    assert letters(site, BACK_IN, 1)[0].summary.to == ALICE


def test_a_second_address_added_since_is_dropped_and_one_removed_since_is_back(site: RunningSite) -> None:
    link = stolen(site)
    add_second(site, THIEF, days_ago=0)
    say_so(site.visitor(), link)
    assert addresses(site) == (ALICE, None)
    choose(site.visitor(), link_of(site, BACK_IN, 1), OWNERS)
    letters(site, CHANGED, 2)
    add_second(site, BACKUP)
    site.clock.move(minutes=10)
    site.visitor().submit("/reset_password_request", email=ALICE)
    choose(site.visitor(), link_of(site, RESET, 2), THIEFS)
    link = link_of(site, CHANGED, 3, ALICE)
    with site.database.writing() as db:
        take_off(db, account_of(site), site.clock())
    say_so(site.visitor(), link)
    assert addresses(site) == (ALICE, BACKUP)


def test_the_letter_goes_to_the_address_that_said_so(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP)
    site.visitor().submit("/reset_password_request", email=ALICE)
    choose(site.visitor(), link_of(site, RESET, 1), THIEFS)
    links = [link_of(site, CHANGED, 1, to) for to in (ALICE, BACKUP)]
    assert links[0] != links[1]
    say_so(site.visitor(), links[1])
    assert letters(site, BACK_IN, 1)[0].summary.to == BACKUP
    assert addresses(site) == (ALICE, BACKUP)
    choose(site.visitor(), link_of(site, BACK_IN, 1), OWNERS)
    assert site.visitor().sign_in("alice", OWNERS).title == "Hi, alice!"


@pytest.mark.parametrize("as_second", [False, True])
def test_an_address_that_is_somebody_elses_by_now_stays_theirs(site: RunningSite, as_second: bool) -> None:
    link = stolen(site)
    move_to(site, THIEF)
    member(site, "bob", "bob@example.com" if as_second else ALICE)
    if as_second:
        add_second(site, ALICE, "bob")
    assert dead(site.visitor().get(link), 410, "This address belongs to another account")
    assert account_of(site).email == THIEF
    assert account_of(site, "bob").email == ("bob@example.com" if as_second else ALICE)
    letters(site, BACK_IN, 0)
    noted(site, EventType.TAKEOVER_REPORTED, 0)


def test_for_a_day_nobodys_asking_brings_a_letter_and_the_link_does(site: RunningSite) -> None:
    link = stolen(site)
    say_so(site.visitor(), link)
    letters(site, BACK_IN, 1)
    site.clock.move(hours=23, minutes=59)
    site.visitor().submit("/reset_password_request", email="alice")
    noted(site, EventType.RESET_REQUESTED, 3)
    assert noted(site, EventType.RESET_REQUESTED, 3)[-1] == "muted_by_owner"
    letters(site, RESET, 1)
    page = site.visitor().get(link)
    assert "You have reported this" in page.words
    assert "The account alice is locked" in say_so(site.visitor(), link).words
    again = link_of(site, BACK_IN, 2)
    site.clock.move(minutes=1)
    site.visitor().submit("/reset_password_request", email="alice")
    letters(site, RESET, 2)
    assert site.visitor().get(again).title == "Choose a new password"  # pressing again ended no link
    noted(site, EventType.TAKEOVER_REPORTED, 1)


def test_coming_back_ends_the_mute_and_the_link(site: RunningSite) -> None:
    link = stolen(site)
    early = site.visitor()
    page = early.get(link)
    say_so(site.visitor(), link)
    choose(site.visitor(), link_of(site, BACK_IN, 1), OWNERS)
    after = account_of(site)
    for answer in (site.visitor().get(link), early.get("/not-me"), early.post("/not-me", fields_of(early, page))):
        assert dead(answer, 410, "This link no longer works")
    assert account_of(site).password_hash == after.password_hash
    assert account_of(site).muted_until is None
    site.visitor().submit("/reset_password_request", email="alice")
    letters(site, RESET, 2)


def test_the_link_survives_what_a_stranger_changes_next(site: RunningSite) -> None:
    link = stolen(site)
    site.clock.move(hours=1)
    reset(site, 2, "another password of the stranger")
    move_to(site, THIEF)
    site.clock.move(hours=1)
    site.visitor().submit("/reset_password_request", email="alice")
    choose(site.visitor(), link_of(site, RESET, 1, THIEF), THIEFS)
    thiefs = link_of(site, CHANGED, 1, THIEF)
    say_so(site.visitor(), link)
    assert addresses(site)[0] == ALICE
    assert dead(site.visitor().get(thiefs), 410, "This link no longer works")
    choose(site.visitor(), link_of(site, BACK_IN, 1), OWNERS)
    assert site.visitor().sign_in("alice", OWNERS).title == "Hi, alice!"


def test_a_stranger_who_says_so_first_does_not_outrank_the_owners_earlier_letter(site: RunningSite) -> None:
    link = stolen(site)
    move_to(site, THIEF)
    site.clock.move(hours=1)
    site.visitor().submit("/reset_password_request", email="alice")
    choose(site.visitor(), link_of(site, RESET, 1, THIEF), THIEFS)
    say_so(site.visitor(), link_of(site, CHANGED, 1, THIEF))
    choose(site.visitor(), link_of(site, BACK_IN, 1, THIEF), THIEFS)
    say_so(site.visitor(), link)
    assert addresses(site)[0] == ALICE
    choose(site.visitor(), link_of(site, BACK_IN, 1, ALICE), OWNERS)
    assert site.visitor().sign_in("alice", OWNERS).title == "Hi, alice!"


def test_the_link_works_for_seventy_two_hours_from_the_change(site: RunningSite) -> None:
    link = stolen(site)
    visitor = site.visitor()
    site.clock.move(hours=72, seconds=-1)
    page = visitor.get(link)
    assert page.status == 200
    site.clock.move(seconds=1)
    fields = {"csrf_token": visitor.token_in(page), "sure": "y"}
    for answer in (site.visitor().get(link), visitor.post(page.url, fields)):
        assert dead(answer, 410, "This link has expired")
    noted(site, EventType.TAKEOVER_REPORTED, 0)


def test_a_deactivated_account_is_left_as_it_is(site: RunningSite) -> None:
    link = stolen(site)
    with site.database.writing() as db:
        db.execute(update(Account).values(deactivated_at=site.clock()))
    assert dead(site.visitor().get(link), 410, "This link no longer works")


def test_letters_by_one_link_are_limited_with_the_seconds_to_wait(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="2/hour").start()
    link = stolen(site)
    for number in (1, 2):
        say_so(site.visitor(), link)
        letters(site, BACK_IN, number)
        site.clock.move(minutes=1)
    answer = say_so(site.visitor(), link)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == str(28 * 60)
    assert "Please wait 28 minutes" in answer.words
    letters(site, BACK_IN, 2)


def test_five_who_press_at_the_same_time_lock_once_and_get_one_letter(site: RunningSite) -> None:
    link = stolen(site)
    visitors = [site.visitor() for _ in range(5)]
    pages = [visitor.get(link) for visitor in visitors]

    def press(number: int) -> str:
        fields = {"csrf_token": visitors[number].token_in(pages[number]), "sure": "y"}
        return visitors[number].post(pages[number].url, fields).path

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(press, range(5))) == ["/login"] * 5
    settled(site)
    noted(site, EventType.TAKEOVER_REPORTED, 1)
    letters(site, BACK_IN, 1)


def test_a_page_left_open_in_another_tab_locks_nobody_else(site: RunningSite) -> None:
    alices = stolen(site)
    member(site, "bob")
    site.visitor().submit("/reset_password_request", email="bob")
    choose(site.visitor(), link_of(site, RESET, 2), THIEFS)
    bobs = link_of(site, CHANGED, 2)
    visitor = site.visitor()
    first_tab = visitor.get(alices)
    visitor.get(bobs)
    answer = visitor.post("/not-me", fields_of(visitor, first_tab))
    assert answer.status == 409
    assert "now for the account bob" in answer.words
    noted(site, EventType.TAKEOVER_REPORTED, 0, "bob")


def fields_of(visitor: Visitor, page: Answer) -> dict[str, str]:
    return {"csrf_token": visitor.token_in(page), "sure": "y", "change": page.value_of("change") or ""}


def test_somebody_else_who_is_signed_in_here_stays_so(site: RunningSite) -> None:
    link = stolen(site)
    bob = member(site, "bob")
    assert "The account alice is locked" in say_so(bob, link).words
    noted(site, EventType.TAKEOVER_REPORTED, 1)
    assert bob.signed_in_as() == "bob"


def test_a_letter_asked_for_by_the_link_is_not_sent_once_the_owner_is_back(site: RunningSite) -> None:
    link = stolen(site)
    say_so(site.visitor(), link)
    back_in = link_of(site, BACK_IN, 1)
    site.worker.stop()
    site._threads[1].join(10)
    site.clock.move(minutes=2)
    say_so(site.visitor(), link)
    choose(site.visitor(), back_in, OWNERS)
    while site.delivery.deliver_batch():
        pass
    letters(site, BACK_IN, 1)


def test_a_locked_password_is_nobodys(site: RunningSite) -> None:
    link = stolen(site)
    say_so(site.visitor(), link)
    kept = account_of(site).password_hash
    for guess in (kept, unusable_hash(), THIEFS, PASSWORD):
        assert site.visitor().sign_in("alice", guess).status == 422

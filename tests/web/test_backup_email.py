"""/account/second-address: naming an address, confirming it by its letter, removing it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select, update

from journeys.trial import wait_for
from microblog.audit.models import Event
from microblog.contact.models import PendingBackupEmail
from microblog.identity import Account, BackupEmail
from microblog.mail import Email
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import HIDDEN, Answer, Visitor

PAGE = "/account/second-address"
CONFIRM = f"{PAGE}/confirm"
HOME = "alice@home.example"
SUBJECT = "[Microblog] Confirm Your Backup Email"
MakeSite = Callable[..., RunningSite]


def name(visitor: Visitor, address: str = HOME, password: str = PASSWORD) -> Answer:
    """Name a second address."""
    return visitor.submit(PAGE, email=address, current_password=password)


def link(site: RunningSite, letters: int = 1) -> str:
    """Return the link of the newest letter, once there are so many."""
    letter = site.letters(letters)[-1]
    assert letter.summary.subject == SUBJECT
    return link_in(letter.text)


def confirmed(site: RunningSite, visitor: Visitor) -> None:
    """Name a second address and confirm it: three letters in all."""
    name(visitor)
    assert "is confirmed" in visitor.submit(link(site)).words
    site.letters(3)


def events(site: RunningSite) -> list[str]:
    """What happened, in order, but for signing in."""
    with site.database.reading() as db:
        kinds = db.scalars(select(Event.kind).order_by(Event.id))
        return [kind for kind in kinds if not kind.startswith("sign")]


def seconds(site: RunningSite) -> list[str]:
    """The second addresses there are."""
    with site.database.reading() as db:
        return list(db.scalars(select(BackupEmail.email).order_by(BackupEmail.account_id)))


def told(site: RunningSite, letters: int, newest: int) -> list[tuple[str, str]]:
    """To whom the newest letters went, and what they were about."""
    found = site.letters(letters)[-newest:]
    return sorted((letter.summary.to, letter.summary.subject.removeprefix("[Microblog] ")) for letter in found)


def test_an_address_is_named_confirmed_by_its_letter_and_both_are_told(site: RunningSite) -> None:
    alice = member(site, "alice")
    answer = name(alice, "Alice@Home.Example")
    assert (answer.path, answer.status) == (PAGE, 200)
    assert "we sent a link there to confirm it" in answer.words
    assert "Alice@home.example is not confirmed yet" in answer.words
    opened = link(site)
    assert opened.startswith(f"{site.base}{CONFIRM}/")
    assert site.letters(1)[-1].summary.to == "Alice@home.example"
    assert seconds(site) == []
    assert "is confirmed" in alice.submit(opened).words
    assert seconds(site) == ["Alice@home.example"]
    assert "Your backup email is Alice@home.example" in alice.get(PAGE).words
    added = "A Backup Email Was Added"
    assert told(site, 3, 2) == [("Alice@home.example", added), ("alice@example.com", added)]
    assert events(site) == ["backup_email_requested", "backup_email_added"]


def test_opening_the_link_takes_the_token_out_of_the_address_and_changes_nothing(site: RunningSite) -> None:
    alice = member(site, "alice")
    name(alice)
    opened = link(site)
    token = opened.rpartition("/")[2]
    for _ in range(2):
        assert alice.ask("HEAD", opened).status == 200
        moved = alice.get(opened, follow=False)
        assert (moved.status, moved.headers["Location"]) == (303, CONFIRM)
        page = alice.get(opened)
        assert (page.path, page.title) == (CONFIRM, "Confirm your backup email")
        assert HOME in page.words
        assert token not in moved.text + page.text
    assert events(site) == ["backup_email_requested"]
    assert alice.post(CONFIRM, {}).status == 400
    assert seconds(site) == []


def test_in_another_browser_the_password_confirms_it_and_nothing_tells_whose_account_it_is(site: RunningSite) -> None:
    alice, bob, stranger = member(site, "alice"), member(site, "bob"), site.visitor()
    name(alice)
    opened = link(site)
    for other in (bob, stranger):
        page = other.get(opened)
        assert (page.status, page.title, page.path) == (200, "Confirm your backup email", CONFIRM)
        assert "alice" not in page.words.replace(HOME, "")
        for wrong in ("", NEW_PASSWORD):
            refused = other.submit(opened, current_password=wrong)
            assert (refused.status, "That is not your password" in refused.words) == (422, True)
            assert "alice" not in refused.words.replace(HOME, "")
    assert seconds(site) == []
    done = stranger.submit(opened, current_password=PASSWORD)
    assert (done.path, "is confirmed" in done.words) == ("/login", True)
    assert seconds(site) == [HOME]
    assert (bob.signed_in_as(), stranger.signed_in_as()) == ("bob", None)


def test_a_stranger_with_the_link_cannot_try_passwords_at_leisure(site_with: MakeSite) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_IDENTIFIER="2/hour").start()
    name(member(site, "alice"))
    opened = link(site)
    statuses = [site.visitor().submit(opened, current_password=NEW_PASSWORD).status for _ in range(3)]
    assert statuses == [422, 422, 429]
    assert seconds(site) == []


def test_a_link_works_once_for_a_day_and_for_the_address_asked_for_last(site: RunningSite) -> None:
    alice = member(site, "alice")
    name(alice, "first@home.example")
    first = link(site)
    name(alice, HOME)
    last = link(site, 2)
    assert (alice.get(first).status, alice.get(first).title) == (410, "This link no longer works")
    site.clock.move(hours=23, minutes=59)
    assert alice.get(last).status == 200
    site.clock.move(minutes=2)
    alice.sign_in("alice", PASSWORD)
    assert alice.get(last).status == 410
    assert "is not confirmed yet" not in alice.get(PAGE).words
    name(alice, HOME)
    again = link(site, 3)
    page = alice.get(again)
    assert "is confirmed" in alice.submit(again).words
    pressed = alice.post(CONFIRM, {"csrf_token": alice.token_in(page)})
    assert (pressed.status, pressed.title) == (400, "Please open the link in the email")  # the browser has let go of it
    assert alice.get(again).status == 410
    assert events(site).count("backup_email_added") == 1


def test_asking_again_for_the_same_address_makes_no_older_link_live_longer(site: RunningSite) -> None:
    alice = member(site, "alice")
    name(alice)
    first = link(site)
    site.clock.move(hours=20)
    name(alice)
    second = link(site, 2)
    assert [alice.get(one).status for one in (first, second)] == [200, 200]
    site.clock.move(hours=5)
    alice.sign_in("alice", PASSWORD)
    assert [alice.get(one).status for one in (first, second)] == [410, 200]


@pytest.mark.parametrize("column", ["password_hash", "email_key"])
def test_a_change_of_the_account_ends_the_link(site: RunningSite, column: str) -> None:
    alice = member(site, "alice")
    name(alice)
    opened = link(site)
    with site.database.writing() as db:
        db.execute(update(Account).values({column: "another"}))
    assert alice.get(opened).status == 410


@pytest.mark.parametrize("token", ["", "altered", "a.b.c"])
def test_a_link_that_lost_a_part_says_so(page_site: RunningSite, token: str) -> None:
    answer = page_site.visitor().get(f"{CONFIRM}/{token}")
    assert (answer.status, answer.title) == (400, "This link is not complete")


def test_a_token_of_another_purpose_is_refused(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/reset_password_request", email="alice")
    token = link_in(site.letters(1)[-1].text).rpartition("/")[2]
    assert alice.get(f"{CONFIRM}/{token}").status == 400
    name(alice)
    token = link(site, 2).rpartition("/")[2]
    assert site.visitor().get(f"/reset_password/{token}").status == 400


def all_of(answer: Answer, visitor: Visitor, address: str) -> tuple[object, ...]:
    """Everything the member sees of an answer, but for the CSRF token, the clock and the address they typed."""
    varying = ("Date", "Set-Cookie", "Content-Length")
    headers = sorted((key, value) for key, value in answer.headers.items() if key not in varying)
    cookies = sorted((cookie.name, cookie.path, cookie.expires) for cookie in visitor.jar)
    return answer.status, answer.url, re.sub(HIDDEN, "", answer.text).replace(address, ""), headers, cookies


def test_the_answer_is_the_same_whoever_the_address_belongs_to_and_its_owner_is_told(site: RunningSite) -> None:
    alice = member(site, "alice")
    member(site, "bob", "Bob.B@example.com")
    member(site, "carol")
    with site.database.writing() as db:
        spelled, key = "Carol@home.example", "carol@home.example"
        db.add(BackupEmail(account_id=3, email=spelled, email_key=key, added_at=site.clock.now))
    answers = []
    for number, address in enumerate(("bob.B@example.com", "carol@home.example", "free@home.example"), 1):
        raw = alice.submit(PAGE, follow=False, email=address, current_password=PASSWORD)
        assert (raw.status, raw.headers["Location"]) == (303, PAGE)
        answers.append((all_of(raw, alice, address), all_of(alice.get(PAGE), alice, address)))
        site.letters(number)
    assert all(answer == answers[0] for answer in answers)
    told_so = "This Address Is Yours Already"
    assert told(site, 3, 3) == [
        ("Bob.B@example.com", told_so),
        ("Carol@home.example", told_so),
        ("free@home.example", SUBJECT.removeprefix("[Microblog] ")),
    ]


def test_an_address_that_became_anothers_meanwhile_is_refused_to_who_has_proved_to_read_there(
    site: RunningSite,
) -> None:
    alice = member(site, "alice")
    name(alice)
    opened = link(site)
    member(site, "bob", "ALICE@home.example")
    page = alice.submit(opened)
    assert (page.status, page.title) == (410, "This address belongs to another account")
    assert seconds(site) == []


def test_of_two_members_who_confirm_the_same_address_one_has_it(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    name(alice)
    first = link(site)
    name(bob)
    second = link(site, 2)
    pages = alice.get(first), bob.get(second)
    answers = [
        visitor.post(CONFIRM, {"csrf_token": visitor.token_in(page)})
        for visitor, page in zip((alice, bob), pages, strict=True)
    ]
    assert [answer.status for answer in answers] == [200, 410]
    assert answers[1].title == "This address belongs to another account"
    assert seconds(site) == [HOME]


@pytest.mark.parametrize(
    ("address", "password", "why"),
    [
        ("", PASSWORD, "Please enter an email address."),
        ("alice@", PASSWORD, "There must be something after the @-sign"),
        ("ALICE@example.com", PASSWORD, "This is the email address of your account already."),
        (HOME, "", "Please type your password."),
        (HOME, NEW_PASSWORD, "not your password"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason_and_kept(
    site: RunningSite, address: str, password: str, why: str
) -> None:
    alice = member(site, "alice")
    answer = name(alice, address, password)
    assert answer.status == 422
    assert why in answer.words
    assert answer.value_of("email") == address
    assert answer.value_of("current_password") is None
    assert events(site) == []
    with site.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Email)) == 0


def test_a_second_one_can_be_removed_and_only_then_another_named(site: RunningSite) -> None:
    alice = member(site, "alice")
    token = alice.token_in(alice.get(PAGE))
    confirmed(site, alice)
    fields = {"csrf_token": token, "email": "third@home.example", "current_password": PASSWORD}
    answer = alice.post(PAGE, fields)
    assert answer.status == 422
    assert "Remove it first" in answer.words
    assert f'href="{PAGE}/remove"' in alice.get(PAGE).text
    for wrong in ("", NEW_PASSWORD):
        assert alice.submit(f"{PAGE}/remove", current_password=wrong).status == 422
    assert alice.get(f"{PAGE}/remove").status == 200
    assert seconds(site) == [HOME]
    assert "was removed" in alice.submit(f"{PAGE}/remove", current_password=PASSWORD).words
    assert seconds(site) == []
    removed = "Your Backup Email Was Removed"
    assert told(site, 5, 2) == [("alice@example.com", removed), (HOME, removed)]
    assert events(site)[-1] == "backup_email_removed"
    assert "You have no backup email." in alice.get(f"{PAGE}/remove").words
    name(alice, "third@home.example")
    assert "is confirmed" in alice.submit(link(site, 6)).words


def test_visitors_are_sent_to_sign_in(site: RunningSite) -> None:
    visitor = site.visitor()
    token = visitor.token_in(visitor.get("/login"))
    for path in (PAGE, f"{PAGE}/remove"):
        assert visitor.get(path, follow=False).headers["Location"] == f"/login?next={path}"
        fields = {"csrf_token": token, "email": HOME, "password": PASSWORD}
        assert visitor.post(path, fields, follow=False).headers["Location"] == "/login"


def test_within_a_day_of_a_recovery_nothing_is_added_and_anything_is_removed(site: RunningSite) -> None:
    alice = member(site, "alice")
    name(alice)
    opened = link(site)
    with site.database.writing() as db:
        db.execute(update(Account).values(recovered_at=site.clock.now))
    until = "works again from 12:00 UTC on 23 November"
    assert until in name(alice, "third@home.example").words
    assert until in alice.submit(opened).words
    with site.database.writing() as db:
        db.add(BackupEmail(account_id=1, email=HOME, email_key=HOME, added_at=site.clock.now))
    assert "was removed" in alice.submit(f"{PAGE}/remove", current_password=PASSWORD).words
    assert seconds(site) == []


def test_letters_to_one_address_are_limited_silently_and_asking_is_limited_aloud(site_with: MakeSite) -> None:
    limits = {"LIMIT_SECOND_ADDRESS_PER_IDENTIFIER": "1/hour", "LIMIT_SECOND_ADDRESS_PER_MEMBER": "2/hour"}
    site = site_with(**limits).start()
    alice, bob = member(site, "alice"), member(site, "bob")
    for visitor in (alice, bob):
        assert "we sent a link there to confirm it" in name(visitor).words
    wait_for(lambda: too_many(site))
    assert len(site.letters(1)) == 1
    assert name(alice, "another@home.example").status == 200
    assert name(alice, "third@home.example").status == 429


def too_many(site: RunningSite) -> bool:
    """Tell whether a letter was dropped for its limit."""
    with site.database.reading() as db:
        reasons = db.scalars(select(Email.reason).where(Email.reason != "")).all()
    return reasons == ["too_many_backup_email_emails"]


def test_the_password_cannot_be_tried_at_leisure_here_either(site_with: MakeSite) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_IDENTIFIER="2/hour").start(deliver=False)
    alice = member(site, "alice")
    assert [name(alice, HOME, f"guess {number} of many").status for number in range(3)] == [422, 422, 429]
    assert alice.submit(f"{PAGE}/remove", current_password=PASSWORD).status == 429


def test_all_of_it_goes_with_the_account(site: RunningSite) -> None:
    alice = member(site, "alice")
    confirmed(site, alice)
    with site.database.writing() as db:
        now = site.clock.now
        db.add(PendingBackupEmail(account_id=1, email="x@y.z", email_key="x@y.z", asked_at=now, expires_at=now))
    with site.database.writing() as db:
        db.execute(delete(Account))
    with site.database.reading() as db:
        for table in (BackupEmail, PendingBackupEmail):
            assert db.scalar(select(func.count()).select_from(table)) == 0


def test_nobody_signs_in_by_a_second_address(site: RunningSite) -> None:
    confirmed(site, member(site, "alice"))
    visitor = site.visitor()
    assert visitor.sign_in(HOME, PASSWORD).status == 422
    assert visitor.sign_in("alice@example.com", PASSWORD).title == "Hi, alice!"

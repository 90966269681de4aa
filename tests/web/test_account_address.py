"""/account/address: moving to another address, by a link that is sent there."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from microblog.contact import AddressChange
from microblog.identity import Account, BackupEmail
from microblog.mail import Email
from support.letters import letter_to, letters_to
from support.members import events_of, member, recovered
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

NEW = "alicia@example.org"
ASKED = "A New Address Was Asked For"
CONFIRM = "Confirm Your New Address"
CHANGED = "Your Address Was Changed"
DEAD = (410, "This link has been used or replaced")


def ask(visitor: Visitor, email: str = NEW, password: str = PASSWORD) -> Answer:
    return visitor.submit("/account/address", email=email, current_password=password)


def asked_link(site: RunningSite, visitor: Visitor, email: str = NEW, count: int = 1) -> str:
    assert ask(visitor, email).status == 200
    return link_in(letter_to(site, email, CONFIRM, count).text)


def address_of(site: RunningSite, username: str) -> str:
    with site.database.reading() as db:
        return db.scalars(select(Account.email).where(Account.username == username)).one()


def press(visitor: Visitor, page: Answer, **fields: str) -> Answer:
    shown = {"csrf_token": visitor.token_in(page), "number": page.value_of("number") or ""}
    return visitor.post("/account/address/confirm", shown | fields)


def test_the_link_in_the_new_mailbox_completes_the_move(site: RunningSite) -> None:
    alice, phone, bob = member(site, "alice"), site.visitor(), member(site, "bob")
    phone.sign_in("alice", PASSWORD)
    copied = site.visitor()
    copied.jar.set_cookie(alice.cookies["microblog"])
    link = asked_link(site, alice)
    assert address_of(site, "alice") == "alice@example.com"
    page = alice.get(link)
    assert page.title == "Confirm your new address"
    assert page.value_of("current_password") is None
    assert 'type="password"' not in page.text
    done = press(alice, page)
    assert "has the address alicia@example.org now" in done.words
    assert address_of(site, "alice") == NEW
    assert [one.signed_in_as() for one in (alice, phone, copied, bob)] == ["alice", None, None, "bob"]
    assert phone.sign_in(NEW, PASSWORD).title == "Hi, alice!"
    assert site.visitor().sign_in("alice@example.com", PASSWORD).status == 422
    assert events_of(site, "alice")[-3:] == ["email_change_requested", "email_changed", "signed_in"]


def test_the_present_address_is_told_when_it_is_asked_for_and_when_it_is_done(site: RunningSite) -> None:
    alice = member(site, "alice")
    link = asked_link(site, alice)
    told = letter_to(site, "alice@example.com", ASKED)
    assert "/account/" not in told.text
    assert NEW not in told.source
    press(alice, alice.get(link))
    assert "/account/address/back/" in letter_to(site, "alice@example.com", CHANGED).text
    assert letters_to(site, NEW, CHANGED) == []


def test_a_second_address_is_told_too_and_becomes_the_first_where_it_is_the_new_one(site: RunningSite) -> None:
    alice = member(site, "alice")
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id)).one()
        spare = "spare@example.net"
        db.add(BackupEmail(account_id=owner, email=spare, email_key=spare, added_at=site.clock()))
    link = asked_link(site, alice)
    assert letter_to(site, spare, ASKED)
    press(alice, alice.get(link))
    assert letter_to(site, spare, CHANGED)
    press(alice, alice.get(asked_link(site, alice, spare)))
    assert address_of(site, "alice") == spare
    with site.database.reading() as db:
        assert db.scalars(select(BackupEmail)).all() == []


def test_opening_the_link_hides_the_token_and_changes_nothing(
    site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = asked_link(site, member(site, "alice"))
    reader = site.visitor()
    for _ in range(2):
        assert reader.ask("HEAD", link).status == 200
        moved = reader.get(link, follow=False)
        assert (moved.status, moved.headers["Location"]) == (303, "/account/address/confirm")
        page = reader.get("/account/address/confirm")
        assert link.rpartition("/")[2] not in page.text
    assert address_of(site, "alice") == "alice@example.com"
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "/account/address/confirm/<path:token>" in said
    assert not any(part in said for part in link.rpartition("/")[2].split(".")[1:])
    assert NEW not in said


def test_on_another_device_the_password_shows_whose_account_it_is(site: RunningSite) -> None:
    """So whoever has a mistyped address, or a scanner that presses buttons there, does not get the account."""
    alice, reader = member(site, "alice"), site.visitor()
    page = reader.get(asked_link(site, alice))
    assert page.value_of("username") == "alice"
    for typed in ("", NEW_PASSWORD):
        refused = press(reader, page, current_password=typed)
        assert refused.status == 422
        assert "That is not your password." in refused.words
    assert address_of(site, "alice") == "alice@example.com"
    done = press(reader, page, current_password=PASSWORD)
    assert done.path == "/login"
    assert "has the address alicia@example.org now" in done.words
    assert (address_of(site, "alice"), reader.signed_in_as(), alice.signed_in_as()) == (NEW, None, None)


def test_another_member_at_this_browser_is_told_and_stays(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    page = bob.get(asked_link(site, alice))
    assert "You are signed in here as bob" in page.words
    assert press(bob, page).status == 422
    assert "has the address" in press(bob, page, current_password=PASSWORD).words
    assert (address_of(site, "alice"), address_of(site, "bob")) == (NEW, "bob@example.com")
    assert bob.signed_in_as() == "bob"


def test_a_link_works_once_and_a_newer_one_takes_its_place(site: RunningSite) -> None:
    alice = member(site, "alice")
    first = asked_link(site, alice, "first@example.org")
    second = asked_link(site, alice, "second@example.org")
    answer = alice.get(first)
    assert (answer.status, answer.title) == DEAD
    late = alice.get(second)
    press(alice, alice.get(second))
    for answer in (alice.get(second), press(alice, late)):
        assert answer.status in (400, 410)
    assert address_of(site, "alice") == "second@example.org"
    assert letters_to(site, "alice@example.com", CHANGED)[1:] == []


@pytest.mark.parametrize("name", ["password_hash", "email_key", "deactivated_at", "recovered_at"])
def test_a_link_dies_when_the_account_changes(site: RunningSite, name: str) -> None:
    alice = member(site, "alice")
    link = asked_link(site, alice)
    later = site.clock.move(seconds=1)
    with site.database.writing() as db:
        db.execute(update(Account).values({name: later if name.endswith("_at") else "another"}))
    answer = site.visitor().get(link)
    assert (answer.status, answer.title) == DEAD


def test_a_link_is_for_the_very_move_it_was_made_for(site: RunningSite) -> None:
    """Numbers come again on SQLite, when the last row was deleted."""
    alice = member(site, "alice")
    link = asked_link(site, alice)
    for values in ({"asked_at": site.clock.move(seconds=1)}, {"new_email_key": "mallory@example.org"}):
        with site.database.writing() as db:
            db.execute(update(AddressChange).values(values))
        answer = site.visitor().get(link)
        assert (answer.status, answer.title) == DEAD


@pytest.mark.parametrize("stopped_by", ["a new password", "a recovery"])
def test_a_letter_that_waits_is_not_sent_once_the_move_was_stopped(
    site_with: Callable[..., RunningSite], stopped_by: str
) -> None:
    site = site_with()
    site.start(deliver=False)
    alice = member(site, "alice")
    ask(alice)
    site.clock.move(seconds=1)
    if stopped_by == "a recovery":
        recovered(site, "alice")
    else:
        both = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
        alice.submit("/account/password", follow=True, current_password=PASSWORD, **both)
    while site.delivery.deliver_batch(lambda: False):
        pass
    assert letter_to(site, "alice@example.com", ASKED)
    assert letters_to(site, NEW, "") == []


def test_a_link_works_for_a_day(site: RunningSite) -> None:
    alice = member(site, "alice")
    link = asked_link(site, alice)
    site.clock.move(hours=23, minutes=59)
    page = alice.get(link)
    assert page.title == "Confirm your new address"
    site.clock.move(minutes=1)
    for answer in (site.visitor().get(link), press(alice, page)):
        assert (answer.status, answer.title) == (410, "This link has expired")
    assert address_of(site, "alice") == "alice@example.com"


def test_links_to_reset_the_password_die_when_the_address_changes(site: RunningSite) -> None:
    alice = member(site, "alice")
    site.visitor().submit("/reset_password_request", email="alice")
    reset = link_in(letter_to(site, "alice@example.com", "Reset").text)
    press(alice, alice.get(asked_link(site, alice)))
    assert site.visitor().get(reset).status == 410


def test_the_answer_is_the_same_whether_the_new_address_is_anybodys_or_not(site: RunningSite) -> None:
    alice = member(site, "alice")
    member(site, "bob")
    answers = []
    for email in ("nobody@example.com", "BOB@example.com"):
        moved = alice.submit("/account/address", follow=False, email=email, current_password=PASSWORD)
        shown = alice.get("/account/address")
        answers.append((moved.status, sorted(moved.headers.keys()), moved.headers["Location"], shown.words))
    assert answers[0] == answers[1]
    told = letter_to(site, "bob@example.com", "You Already Have an Account Here")
    assert "bob" in told.text
    assert "alice" not in told.source
    assert "/account/" not in told.text
    assert letters_to(site, "BOB@example.com", "") == []  # never to another spelling of the address


def test_an_address_that_is_somebodys_second_one_is_theirs(site: RunningSite) -> None:
    alice = member(site, "alice")
    member(site, "bob")
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id).where(Account.username == "bob")).one()
        spelled = BackupEmail(
            account_id=owner, email="Two@example.net", email_key="two@example.net", added_at=site.clock()
        )
        db.add(spelled)
    ask(alice, "two@example.net")
    assert "Dear bob" in letter_to(site, "Two@example.net", "You Already Have an Account Here").text


def test_whoever_got_the_address_meanwhile_keeps_it_and_only_the_links_holder_learns_of_it(site: RunningSite) -> None:
    alice = member(site, "alice")
    page = alice.get(asked_link(site, alice))
    member(site, "bob", NEW)
    for answer in (press(alice, page), alice.get("/account/address/confirm")):
        assert (answer.status, answer.title) == (410, "This address belongs to another account")
    assert address_of(site, "alice") == "alice@example.com"


def test_of_two_members_who_complete_a_move_to_the_same_address_one_does(site: RunningSite) -> None:
    browsers = [member(site, "alice"), member(site, "bob")]
    pages = []
    for number, browser in enumerate(browsers, 1):
        pages.append(browser.get(asked_link(site, browser, NEW, number)))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, browsers, pages))
    assert sorted(answer.status for answer in answers) == [200, 410]
    assert sorted([address_of(site, "alice"), address_of(site, "bob")]).count(NEW) == 1


def test_of_simultaneous_presses_one_completes_the_move(site: RunningSite) -> None:
    alice = member(site, "alice")
    link = asked_link(site, alice)
    readers = [site.visitor() for _ in range(4)]
    pages = [reader.get(link) for reader in readers]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: press(*one, current_password=PASSWORD), zip(readers, pages, strict=True)))
    assert sorted(answer.status for answer in answers) == [200, 410, 410, 410]
    assert events_of(site, "alice").count("email_changed") == 1
    assert letter_to(site, "alice@example.com", CHANGED)


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", "Please type the new address."),
        ("no address", "@-sign"),
        ("a\tb@example.com", "characters in it that cannot be used"),
        (" ALICE@Example.com ", "That is the address of your account already."),
    ],
)
def test_what_is_no_new_address_is_refused_and_stays_in_the_form(site: RunningSite, email: str, why: str) -> None:
    alice = member(site, "alice")
    answer = ask(alice, email)
    assert answer.status == 422
    assert why in answer.words
    assert answer.value_of("email") == email
    with site.database.reading() as db:
        assert db.scalars(select(AddressChange)).all() == []


def test_a_double_click_is_one_move(site: RunningSite) -> None:
    alice = member(site, "alice")
    asked_link(site, alice)
    ask(alice)
    with site.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(AddressChange)) == 1
    assert events_of(site, "alice").count("email_change_requested") == 1
    site.clock.move(minutes=1)
    ask(alice)
    assert events_of(site, "alice").count("email_change_requested") == 2


def test_a_member_asks_only_so_often(site_with: Callable[..., RunningSite]) -> None:
    alice = member(site_with(LIMIT_SIGN_UP_PER_IDENTIFIER="2/hour").start(), "alice")
    statuses = [ask(alice, f"new{number}@example.org").status for number in range(3)]
    assert statuses == [200, 200, 429]


def test_an_address_gets_only_so_many_letters_whoever_asks(site_with_few: RunningSite) -> None:
    for name in ("alice", "bob", "carol"):
        ask(member(site_with_few, name))
    assert letter_to(site_with_few, NEW, CONFIRM, 2)

    def ended() -> list[str]:
        with site_with_few.database.reading() as db:
            return list(
                db.scalars(select(Email.reason).where(Email.kind == "change_address", Email.ended_at.is_not(None)))
            )

    site_with_few.letters(5)  # three notices, and two of these
    assert "too_many_sign_up_emails" in ended()


def test_a_page_left_open_in_another_tab_completes_no_other_move(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    first = alice.get(asked_link(site, alice, "first@example.org"))
    alice.get(asked_link(site, bob, "second@example.org"))
    answer = press(alice, first, current_password=PASSWORD)
    assert answer.status == 409
    assert "You opened another link in this browser since" in answer.words
    assert (address_of(site, "alice"), address_of(site, "bob")) == ("alice@example.com", "bob@example.com")


def test_a_link_of_sign_up_or_reset_is_none_of_these(site: RunningSite) -> None:
    alice = member(site, "alice")
    token = asked_link(site, alice).rpartition("/")[2]
    for path in ("/account/address/back/", "/account/confirm/", "/reset_password/"):
        assert site.visitor().get(path + token).status == 400
    assert site.visitor().get("/register/finish/" + token).status == 410
    assert address_of(site, "alice") == "alice@example.com"

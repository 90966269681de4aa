"""/account/review, "Is all of this yours?": shown after every recovery, and what it removes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from microblog.audit import EventType
from microblog.contact.backup_email import take_off
from microblog.identity import Account, BackupEmail
from microblog.identity.models import RemovedAddress
from microblog.recovery.models import RecoveryCode
from support.letters import letter_to, letters_to
from support.members import member
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor
from web.recovering import OWNERS, RESET, THIEFS, account_of, add_second, choose, link_of, noted, settled

PAGE = "/account/review"
TITLE = "Is all of this yours?"
ALICE, BACKUP, THIEF = "alice@example.com", "alice@backup.example", "thief@evil.example"


def come_back(site: RunningSite, password: str = OWNERS, email: str = ALICE, number: int = 1) -> tuple[Visitor, Answer]:
    """Reset Alice's password by email and sign in; return the browser and the page that follows."""
    site.visitor().submit("/reset_password_request", email=email)
    choose(site.visitor(), link_of(site, RESET, number), password)
    visitor = site.visitor()
    return visitor, visitor.sign_in("alice", password)


def add_codes(site: RunningSite, made_at: datetime, count: int = 2) -> None:
    with site.database.writing() as db:
        for number in range(count):
            row = RecoveryCode(account_id=account_of(site).id, code_hash=f"{made_at}{number}", made_at=made_at)
            db.add(row)


def codes(site: RunningSite) -> int:
    with site.database.reading() as db:
        return len(db.scalars(select(RecoveryCode)).all())


def backup(site: RunningSite) -> str | None:
    with site.database.reading() as db:
        return db.scalar(select(BackupEmail.email))


def removed(site: RunningSite) -> list[str]:
    with site.database.reading() as db:
        return list(db.scalars(select(RemovedAddress.email)))


def test_after_a_reset_it_shows_what_was_added_lately_and_removes_what_is_ticked(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, THIEF, days_ago=1)
    add_codes(site, site.clock() - timedelta(days=1))
    owner, page = come_back(site)
    assert (page.path, page.title) == (PAGE, TITLE)
    assert f"Backup email {THIEF} added" in page.words
    assert "Recovery codes 2 unused added" in page.words
    assert "checked" not in page.text
    done = owner.submit(PAGE, backup="y", codes="y", current_password=OWNERS)
    assert "Removed. We have emailed you what changed." in done.words
    assert (backup(site), codes(site)) == (None, 0)
    assert removed(site) == [], "what a proof outranks is not remembered: nothing it was mailed brings it back"
    for to in (ALICE, THIEF):
        letter_to(site, to, "Your Backup Email Was Removed")
    assert "No email address, backup email or recovery codes were added" in owner.get(PAGE).words


def test_what_is_older_than_14_days_stays_and_is_not_asked_about(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP, days_ago=15)
    add_codes(site, site.clock() - timedelta(days=15))
    owner, page = come_back(site)
    assert page.title == "Hi, alice!"
    assert "were added to your account in the last 14 days" in owner.get(PAGE).words
    assert (backup(site), codes(site)) == (BACKUP, 2)


def test_only_what_is_ticked_goes(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP, days_ago=1)
    add_codes(site, site.clock() - timedelta(days=1))
    owner, _ = come_back(site)
    owner.submit(PAGE, codes="y", current_password=OWNERS)
    assert (backup(site), codes(site)) == (BACKUP, 0)
    assert noted(site, EventType.RECOVERY_CODES_ENDED) == [""]


def test_it_asks_for_the_password_and_for_a_tick_and_keeps_what_was_ticked(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, THIEF, days_ago=1)
    owner, _ = come_back(site)
    nothing = owner.submit(PAGE, current_password=OWNERS)
    assert (nothing.status, "Tick what isn’t yours" in nothing.words) == (422, True)
    for wrong in ("", THIEFS):
        refused = owner.submit(PAGE, backup="y", current_password=wrong)
        assert (refused.status, refused.title) == (422, TITLE)
        assert "checked" in refused.text
    assert backup(site) == THIEF


def test_whoever_says_that_all_is_theirs_is_asked_no_more_and_goes_where_they_wanted(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP, days_ago=1)
    site.visitor().submit("/reset_password_request", email=ALICE)
    choose(site.visitor(), link_of(site, RESET, 1), OWNERS)
    owner = site.visitor()
    page = owner.get("/login?next=/explore")
    fields = {"csrf_token": owner.token_in(page), "username": "alice", "password": OWNERS}
    asked = owner.post(page.url, fields)
    assert (asked.path, asked.url.endswith("?next=/explore")) == (PAGE, True)
    done = owner.post(f"{PAGE}/mine?next=/explore", {"csrf_token": owner.token_in(asked)})
    assert done.path == "/explore"
    assert backup(site) == BACKUP
    assert site.visitor().sign_in("alice", OWNERS).title == "Hi, alice!"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "\\evil.example"])
def test_it_leads_nowhere_off_this_site(site: RunningSite, elsewhere: str) -> None:
    owner = member(site, "alice")
    token = owner.token_in(owner.get(PAGE)) if "csrf" in owner.get(PAGE).text else owner.token_in(owner.get("/index"))
    answer = owner.post(f"{PAGE}/mine?next={elsewhere}", {"csrf_token": token}, follow=False)
    assert answer.headers["Location"] == "/index"


def test_an_email_address_that_was_changed_lately_is_put_back(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP)
    thief = site.visitor()
    thief.sign_in("alice", PASSWORD)
    thief.submit("/account/address", email=THIEF, current_password=PASSWORD)
    thief.submit(link_in(letter_to(site, THIEF, "Confirm Your New Address").text))
    owner, page = come_back(site, email=BACKUP)
    assert f"Email address {THIEF} added" in page.words
    owner.submit(PAGE, email="y", current_password=OWNERS)
    assert (account_of(site).email, backup(site)) == (ALICE, BACKUP)
    assert owner.signed_in_as() == "alice"
    assert "This address was removed from the account" in letter_to(site, THIEF, "Your Account Was Restored").text
    assert "This address belongs to the account again" in letter_to(site, ALICE, "Your Account Was Restored").text
    assert letters_to(site, THIEF, "Get Back In") == []


def test_a_thief_who_recovers_the_account_is_not_offered_the_owners_address(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, THIEF, days_ago=1)
    thief, page = come_back(site, THIEFS, THIEF)
    assert page.title == TITLE
    assert ALICE not in page.words
    thief.submit(PAGE, email="y", backup="y", current_password=THIEFS)
    assert account_of(site).email == ALICE


def test_an_older_backup_that_a_thief_removes_here_can_be_put_back(site: RunningSite) -> None:
    """Codes a thief made are younger than the owner's backup email, so what they remove is remembered."""
    member(site, "alice")
    add_second(site, BACKUP, days_ago=2)
    thief = site.visitor()
    thief.sign_in("alice", PASSWORD)
    thief.submit(PAGE, backup="y", current_password=PASSWORD)
    assert (backup(site), removed(site)) == (None, [BACKUP])
    told = letter_to(site, ALICE, "Your Backup Email Was Removed").text
    site.visitor().submit(link_in(told), sure="y")
    assert backup(site) == BACKUP


def test_a_backup_that_a_thief_put_in_place_of_the_owners_gives_way_to_it(site: RunningSite) -> None:
    member(site, "alice")
    add_second(site, BACKUP)
    with site.database.writing() as db:
        take_off(db, db.get_one(Account, account_of(site).id), site.clock())
    add_second(site, THIEF, days_ago=0)
    owner, _ = come_back(site)
    owner.submit(PAGE, backup="y", current_password=OWNERS)
    assert backup(site) == BACKUP
    settled(site)
    assert letters_to(site, BACKUP, "Your Account Was Restored")


def test_visitors_are_sent_to_sign_in(site: RunningSite) -> None:
    assert site.visitor().get(PAGE, follow=False).headers["Location"] == f"/login?next={PAGE}"

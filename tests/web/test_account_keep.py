"""/account/keep: the link in the email about a deletion keeps the account, in any browser, and opens it to nobody."""

from sqlalchemy import update

from microblog.identity import Account
from microblog.ops import delete_due
from support.letters import letter_to, letters_to
from support.members import events_of, member
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

ASKED, KEPT = "Your account will be deleted", "Your account will not be deleted"
SURE = {"current_password": PASSWORD, "sure": "y"}


def asked_link(site: RunningSite, username: str = "alice", count: int = 1) -> str:
    """Let a member ask for the deletion of their account, and return the link in the email about it."""
    visitor = member(site, username) if count == 1 else site.visitor()
    visitor.sign_in(username, PASSWORD)
    visitor.submit("/account/delete", follow=True, **SURE)
    return link_in(letter_to(site, f"{username}@example.com", ASKED, count).text)


def press(visitor: Visitor, page: Answer) -> Answer:
    shown = {"csrf_token": visitor.token_in(page), "number": page.value_of("number") or "", "sure": "y"}
    return visitor.post("/account/keep", shown)


def is_kept(site: RunningSite, username: str = "alice") -> bool:
    return events_of(site, username)[-1] == "deletion_cancelled"


def test_opening_it_changes_nothing_and_the_button_keeps_the_account(site: RunningSite) -> None:
    link, visitor = asked_link(site), site.visitor()
    moved = visitor.get(link, follow=False)
    assert (moved.status, moved.headers["Location"]) == (303, "/account/keep")
    page = visitor.get("/account/keep")
    assert "alice and everything in it will be deleted after 25 Nov 2026, 12:00 UTC" in page.words
    assert link.rpartition("/")[2] not in page.text
    assert not is_kept(site)
    done = press(visitor, page)
    assert (done.status, done.title) == (200, "Your account will not be deleted")
    assert is_kept(site)
    assert 'href="/reset_password_request"' in done.text
    assert visitor.signed_in_as() is None
    assert "somebody used the link in our email" in letter_to(site, "alice@example.com", KEPT).text
    site.clock.move(days=4)
    assert sum(delete_due(site.database, b"a key", site.clock())) == 0


def test_the_same_press_twice_gets_the_same_answer_and_is_told_once(site: RunningSite) -> None:
    link, visitor = asked_link(site), site.visitor()
    page = visitor.get(link)
    assert [press(visitor, page).status for _ in range(2)] == [200, 200]
    letter_to(site, "alice@example.com", KEPT)
    assert len(letters_to(site, "alice@example.com", KEPT)) == 1
    assert events_of(site, "alice").count("deletion_cancelled") == 1


def test_a_link_is_dead_once_the_deletion_was_cancelled(site: RunningSite) -> None:
    link = asked_link(site)
    site.visitor().sign_in("alice", PASSWORD)
    dead = site.visitor().get(link)
    assert (dead.status, dead.title) == (410, "This link has been used or replaced")


def test_a_link_of_an_earlier_deletion_cancels_no_later_one(site: RunningSite) -> None:
    first, visitor = asked_link(site), site.visitor()
    page = visitor.get(first)
    site.clock.move(minutes=1)
    second = asked_link(site, count=2)
    assert site.visitor().get(first).status == 410
    assert press(visitor, page).status == 410
    assert not is_kept(site)
    assert site.visitor().get(second).status == 200


def test_a_link_works_until_the_account_is_due_and_says_then_what_helps(site: RunningSite) -> None:
    link, visitor = asked_link(site), site.visitor()
    site.clock.move(days=3, seconds=-1)
    page = visitor.get(link)
    assert page.status == 200
    site.clock.move(seconds=1)
    for late in (press(visitor, page), site.visitor().get(link)):
        assert (late.status, late.title) == (410, "This link has expired")
        assert "signing in still keeps it" in late.words
    assert sum(delete_due(site.database, b"a key", site.clock())) == 1
    assert "has been deleted or deactivated" in site.visitor().get(link).words


def test_a_mail_scanner_that_presses_the_button_keeps_nothing(site: RunningSite) -> None:
    link, scanner = asked_link(site), site.visitor()
    page = scanner.get(link)
    assert " checked" not in page.text
    pressed = scanner.post("/account/keep", {"csrf_token": scanner.token_in(page)})
    assert (pressed.status, "Please tick the box" in pressed.words) == (422, True)
    assert not is_kept(site)


def test_it_works_whatever_became_of_password_and_address(site: RunningSite) -> None:
    link = asked_link(site)
    with site.database.writing() as db:
        db.execute(update(Account).values(password_hash="another", email_key="new@example.org"))
    visitor = site.visitor()
    assert press(visitor, visitor.get(link)).status == 200
    assert is_kept(site)


def test_a_page_that_was_shown_for_another_link_keeps_nobody(site: RunningSite) -> None:
    visitor = site.visitor()
    page = visitor.get(asked_link(site))
    visitor.get(asked_link(site, "bob"))
    assert press(visitor, page).status == 409
    assert not is_kept(site)
    assert not is_kept(site, "bob")


def test_without_a_genuine_link_there_is_nothing_to_press(site: RunningSite) -> None:
    link, visitor = asked_link(site), site.visitor()
    for altered in (link[:-3], f"{site.base}/account/keep/", f"{site.base}/account/keep"):
        assert visitor.get(altered).status == 400
    token = visitor.token_in(visitor.get("/login"))
    assert visitor.post("/account/keep", {"csrf_token": token, "sure": "y"}).status == 400
    assert not is_kept(site)

"""A thief who added a backup email has limits of their own there, and can't use up what the owner has."""

from collections.abc import Callable

from support.letters import letter_to, letters_to
from support.members import member
from support.running import PASSWORD, RunningSite, link_in
from web.recovering import OWNERS, THIEFS, add_second, choose, say_so, settled

ASK, ALICE, THIEF = "/reset_password_request", "alice@example.com", "thief@evil.example"
RESET, ADDED, CHANGED = "Reset Your Password", "A Backup Email Was Added", "Your Password Was Changed"


def with_backup(site: RunningSite) -> RunningSite:
    member(site, "alice")
    add_second(site, THIEF, days_ago=1)
    return site


def test_reset_emails_asked_for_with_the_backup_email_are_counted_apart(site_with: Callable[..., RunningSite]) -> None:
    site = with_backup(site_with(LIMIT_RESET_PER_ACCOUNT="1/day", LIMIT_RESET_PER_IDENTIFIER="1/day").start())
    for _ in range(4):
        site.visitor().submit(ASK, email=THIEF)
        settled(site)
        site.clock.move(minutes=2)
    assert letters_to(site, THIEF, RESET)
    site.visitor().submit(ASK, email=ALICE)
    assert choose(site.visitor(), link_in(letter_to(site, ALICE, RESET).text), OWNERS).path == "/login"


def test_tries_by_links_to_the_backup_email_are_counted_apart(site_with: Callable[..., RunningSite]) -> None:
    site = with_backup(site_with(LIMIT_RESET_TRIES_PER_ACCOUNT="1/day").start())
    site.visitor().submit(ASK, email="alice")
    thiefs, owners = (link_in(letter_to(site, to, RESET).text) for to in (THIEF, ALICE))
    statuses = [choose(site.visitor(), thiefs, "short").status for _ in range(2)]
    assert statuses == [422, 429]
    assert choose(site.visitor(), owners, OWNERS).path == "/login"


def test_reports_of_one_change_are_counted_apart_for_each_address(site_with: Callable[..., RunningSite]) -> None:
    site = with_backup(site_with(LIMIT_RESET_PER_IDENTIFIER="1/day").start())
    thief = site.visitor()
    thief.sign_in("alice", PASSWORD)
    thief.submit("/account/password", current_password=PASSWORD, password=THIEFS, password2=THIEFS)
    thiefs, owners = (link_in(letter_to(site, to, CHANGED).text) for to in (THIEF, ALICE))
    assert [say_so(site.visitor(), thiefs).status for _ in range(2)] == [200, 429]
    assert "is locked" in say_so(site.visitor(), owners).words
    back_in = link_in(letter_to(site, ALICE, "Get Back In").text)
    assert choose(site.visitor(), back_in, OWNERS).path == "/login"

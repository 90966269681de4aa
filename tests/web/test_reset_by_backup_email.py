"""Resets and notices where a member has a second address: asked with either, told to both."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from journeys.trial import wait_for
from microblog.identity import Account, BackupEmail
from microblog.mail import Email
from support.letters import letter_to
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in

ASK = "/reset_password_request"
FIRST, SECOND = "Alice@example.com", "Alice@home.example"
BOTH = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
MakeSite = Callable[..., RunningSite]


def with_second(site: RunningSite) -> None:
    """Make Alice a member, with a second address."""
    member(site, "alice", FIRST)
    with site.database.writing() as db:
        db.add(BackupEmail(account_id=1, email=SECOND, email_key=SECOND.lower(), added_at=site.clock.now))


def outbox(site: RunningSite) -> list[Email]:
    """All letters, oldest first."""
    with site.database.reading() as db:
        return list(db.scalars(select(Email).order_by(Email.id)))


def settled(site: RunningSite) -> list[tuple[str, str, str]]:
    """To whom the letters went, how they ended and why, once all have: turned by hand, for nobody else delivers."""
    while site.delivery.deliver_batch():
        pass
    return [(letter.to, letter.state, letter.reason) for letter in outbox(site)]


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("alice@home.EXAMPLE", [SECOND]),
        (" ALICE@home.example ", [SECOND]),
        ("alice@example.com", [FIRST]),
        ("Alice", [FIRST, SECOND]),
    ],
)
def test_the_letter_goes_to_the_address_that_was_typed_and_by_username_to_both(
    site_with: MakeSite, typed: str, to: list[str]
) -> None:
    site = site_with().start(deliver=False)
    with_second(site)
    site.visitor().submit(ASK, email=typed)
    assert settled(site) == [(address, "sent", "") for address in to]
    assert {letter.kind for letter in outbox(site)} == {"reset_password"}


def test_a_link_in_a_mailbox_that_is_no_second_address_any_more_opens_nothing(site: RunningSite) -> None:
    with_second(site)
    stranger, owner = site.visitor(), site.visitor()
    stranger.submit(ASK, email=SECOND)
    link = link_in(letter_to(site, SECOND, "Reset Your Password").text)
    page = stranger.get(link)
    owner.sign_in("alice", PASSWORD)
    assert "was removed" in owner.submit("/account/second-address/remove", current_password=PASSWORD).words
    pressed = stranger.post(page.url, {"csrf_token": stranger.token_in(page), **BOTH})
    for answer in (site.visitor().get(link), pressed):
        assert (answer.status, answer.title) == (410, "This link has been used or replaced")
    assert owner.signed_in_as() == "alice"
    assert site.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_either_letter_opens_the_account_and_ends_the_other_and_both_are_told(site: RunningSite) -> None:
    with_second(site)
    visitor = site.visitor()
    visitor.submit(ASK, email="alice")
    links = {letter.summary.to: link_in(letter.text) for letter in site.letters(2)}
    assert "Your password has been reset" in visitor.submit(links[SECOND], follow=True, **BOTH).words
    assert visitor.get(links[FIRST]).title == "This link has been used or replaced"
    visitor.sign_in("alice", NEW_PASSWORD)
    assert visitor.signed_in_as() == "alice"


def test_whoever_has_just_used_a_link_and_forgets_again_is_no_repeat_at_either_address(site: RunningSite) -> None:
    with_second(site)
    visitor = site.visitor()
    visitor.submit(ASK, email=SECOND)
    assert visitor.submit(link_in(site.letters(1)[-1].text), follow=True, **BOTH).path == "/login"
    visitor.submit(ASK, email=SECOND)
    wait_for(lambda: [one.summary.to for one in site.letters(1) if "Reset" in one.summary.subject] == [SECOND] * 2)


def test_both_letters_count_once_and_over_the_limit_none_goes(site_with: MakeSite) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="2/hour").start(deliver=False)
    with_second(site)
    too_many = "too_many_reset_emails"
    for _ in range(3):
        site.visitor().submit(ASK, email="alice")
        settled(site)
        site.clock.move(minutes=2)
    sent = [(FIRST, "sent", ""), (SECOND, "sent", "")]
    assert settled(site) == [*sent, *sent, ("alice", "dropped", too_many)]


def test_asked_twice_within_a_minute_is_one_letter_to_each(site_with: MakeSite) -> None:
    site = site_with().start(deliver=False)
    with_second(site)
    for _ in range(2):
        site.visitor().submit(ASK, email="alice")
        settled(site)
    assert settled(site) == [(FIRST, "sent", ""), (SECOND, "sent", ""), ("alice", "dropped", "repeated")]


def test_the_first_address_of_one_wins_over_the_second_of_another(site_with: MakeSite) -> None:
    site = site_with().start(deliver=False)
    with_second(site)
    member(site, "bob", "ALICE@home.example")
    for name in (SECOND, "alice", "bob"):
        site.visitor().submit(ASK, email=name)
        settled(site)
    assert [to for to, _, _ in settled(site)] == ["ALICE@home.example", FIRST, "ALICE@home.example"]


def test_a_letter_posted_for_one_account_never_becomes_anothers(site_with: MakeSite) -> None:
    """Between the two letters of a username somebody may take the second address as their first."""
    site = site_with().start(deliver=False)
    with_second(site)
    site.visitor().submit(ASK, email="alice")
    site.delivery.deliver_batch()
    with site.database.writing() as db:
        db.execute(update(BackupEmail).values(email_key="else@home.example"))
        db.execute(update(Email).where(Email.to == SECOND).values(state="waiting", lease=None, ended_at=None))
    member(site, "bob", "ALICE@home.example")
    settled(site)
    assert outbox(site)[-1].reason == "no_such_account"


def test_a_deactivated_account_is_reached_by_neither(site_with: MakeSite) -> None:
    site = site_with().start(deliver=False)
    with_second(site)
    with site.database.writing() as db:
        db.execute(update(Account).values(deactivated_at=site.clock.now))
    for name in (SECOND, "alice"):
        site.visitor().submit(ASK, email=name)
    assert [reason for _, _, reason in settled(site)] == ["no_such_account"] * 2

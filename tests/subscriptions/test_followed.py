"""The letter that somebody follows a member: gathered, never to whoever does not want it, never too many."""

from importlib import import_module
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from microblog import follows
from microblog.follows import Follow
from microblog.follows.notify import notify_followed
from microblog.follows.relations import remove_follow
from microblog.identity import Account
from microblog.mail import Email, Rendered, State
from microblog.subscriptions import Choices, choose_emails
from subscriptions.post_office import deliver, followed, mention, outcomes
from support.clock import NOON
from support.community import Hide, add_member, each_way_to_hide, follow
from support.context import context_on
from support.running import RunningSite
from support.statements import statements

# On SQLite one transaction writes at a time.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_a_member_is_told_who_follows_them(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    followed(site, bob, alice)
    (letter,) = deliver(site, minutes=10)
    assert letter.summary.to == "Alice@example.com"
    assert letter.summary.subject == "[Microblog] Somebody New Follows You"
    assert "bob follows you now on Microblog" in letter.text
    assert f"{site.base}/user/bob" in letter.text


def test_no_username_becomes_a_link_in_a_letter(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "www.evil.example")
    for act in (lambda: followed(site, bob, alice), lambda: mention(site, bob, "Hi @Alice")):
        act()
        letter = deliver(site, minutes=10)[-1]
        assert "www.\u200cevil.\u200cexample" in letter.text
        for shown in (letter.text, letter.html):
            assert "evil.example" not in shown.replace(f"{site.base}/user/www.evil.example", "")


def test_those_who_follow_within_some_minutes_stand_in_one_letter(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    for name in ("bob", "carol", "dave"):
        followed(site, add_member(site.database, name), alice)
        site.clock.move(seconds=5)
    (letter,) = deliver(site, minutes=10)
    assert letter.summary.subject == "[Microblog] People Follow You"
    assert [line for line in letter.text.splitlines() if line in ("bob", "carol", "dave")] == ["bob", "carol", "dave"]


def test_nobody_keeps_a_letter_waiting_by_following_again_and_again(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    came = 0
    for number in range(6):
        followed(site, add_member(site.database, f"member{number}"), alice)
        came = len(deliver(site, minutes=4))
    assert came >= 2


def test_a_letter_names_ten_and_counts_the_others(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    for number in range(13):
        followed(site, add_member(site.database, f"member{number}"), alice)
    (letter,) = deliver(site, minutes=10)
    assert letter.text.count("/user/member") == 10
    assert "And 3 more." in letter.text


def followed_by_many(site: RunningSite, followed_id: int, count: int) -> None:
    """Let many members follow somebody within a moment, and tell them."""
    with site.database.writing() as session:
        first = session.scalar(select(func.max(Account.id))) or 0
        rows = [member_row(f"member{first + number:05}") for number in range(count)]
        numbers = session.scalars(insert(Account).returning(Account.id), rows).all()
        for number in numbers:
            follow_id = follows.add_follow(session, follower_id=number, followed_id=followed_id, now=site.clock())
            notify_followed(session, followed_id, follow_id or 0, site.clock())


def notify(session: Session, follower_id: int, followed_id: int, site: RunningSite) -> None:
    """Queue the email about a follow there is."""
    pair = Follow.follower_id == follower_id, Follow.followed_id == followed_id
    notify_followed(session, followed_id, session.scalars(select(Follow.id).where(*pair)).one(), site.clock())


def member_row(name: str) -> dict[str, Any]:
    address = f"{name}@example.com"
    known = {"email": address, "email_key": address, "password_hash": "x", "created_at": NOON}
    return {"username": name, "username_key": name, **known}


@pytest.mark.parametrize("count", [2, 1000])
def test_an_email_takes_as_many_statements_for_two_followers_as_for_a_thousand(site: RunningSite, count: int) -> None:
    alice = add_member(site.database, "Alice")
    followed_by_many(site, alice, count)
    site.clock.move(minutes=10)
    with statements(site) as asked:
        (letter,) = deliver(site)
    assert len(asked) < 30
    assert ("And 990 more." in letter.text) is (count == 1000)
    assert outcomes(site.database) == ["sent"]


def test_more_followers_than_an_email_looks_at_are_counted(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("microblog.follows.emails.followed"), "MOST_LOOKED_AT", 15)
    alice = add_member(site.database, "Alice")
    followed_by_many(site, alice, 40)
    (letter,) = deliver(site, minutes=10)
    assert letter.text.count("/user/member") == 10
    assert "And 30 more." in letter.text


@on_postgresql
def test_an_email_that_is_just_being_claimed_is_joined_by_nobody(site: RunningSite) -> None:
    alice, bob, carol = (add_member(site.database, name) for name in ("Alice", "bob", "carol"))
    followed(site, bob, alice)
    follow(site.database, carol, alice)

    def tell() -> None:
        with site.database.writing() as session:
            notify(session, carol, alice, site)

    telling = Thread(target=tell)
    with site.database.writing() as worker:
        worker.execute(update(Email).values(state=State.SENDING, claim="a worker"))
        telling.start()
        telling.join(0.3)
    telling.join(30)
    assert outcomes(site.database) == ["sending", "waiting"]


@on_postgresql
def test_an_email_that_was_joined_is_claimed_after_the_commit(site: RunningSite) -> None:
    alice, bob, carol = (add_member(site.database, name) for name in ("Alice", "bob", "carol"))
    followed(site, bob, alice)
    follow(site.database, carol, alice)
    with site.database.writing() as session:
        notify(session, carol, alice, site)
        assert deliver(site, minutes=10) == []
    (letter,) = deliver(site)
    assert [name for name in ("bob", "carol") if name in letter.text] == ["bob", "carol"]


def test_whoever_followed_before_what_an_email_begins_with_is_in_it(site: RunningSite) -> None:
    """Their transaction took longer: of two that follow at once, the later number may be there first."""
    alice, bob, carol = (add_member(site.database, name) for name in ("Alice", "bob", "carol"))
    follow(site.database, bob, alice)
    followed(site, carol, alice)
    with site.database.writing() as session:
        notify(session, bob, alice, site)
    (letter,) = deliver(site, minutes=10)
    assert [name for name in ("bob", "carol") if name in letter.text] == ["bob", "carol"]
    assert outcomes(site.database) == ["sent"]


@each_way_to_hide
def test_who_changed_their_mind_or_left_is_in_no_letter(site: RunningSite, hide: Hide) -> None:
    alice, bob, carol = (add_member(site.database, name) for name in ("Alice", "bob", "carol"))
    followed(site, bob, alice)
    followed(site, carol, alice)
    with site.database.writing() as session:
        remove_follow(session, follower_id=bob, followed_id=alice)
    hide(site.database, carol)
    assert deliver(site, minutes=10) == []
    assert outcomes(site.database)[-1] == "no_new_followers"


def test_following_again_is_told_once_a_week(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    for _ in range(3):
        followed(site, bob, alice)
        assert len(deliver(site, minutes=30)) == 1
        with site.database.writing() as session:
            remove_follow(session, follower_id=bob, followed_id=alice)
    followed(site, bob, alice)
    assert len(deliver(site, days=8)) == 1  # too late to be news
    with site.database.writing() as session:
        remove_follow(session, follower_id=bob, followed_id=alice)
    followed(site, bob, alice)
    assert len(deliver(site, minutes=10)) == 2


def test_a_member_gets_five_of_these_a_day_at_most(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    for number in range(7):
        followed(site, add_member(site.database, f"member{number}"), alice)
        deliver(site, minutes=11)
    assert len(deliver(site)) == 5
    assert outcomes(site.database).count("daily_limit") == 2


def test_one_member_is_in_fifty_letters_a_day_at_most(site: RunningSite) -> None:
    spammer = add_member(site.database, "spammer")
    for number in range(52):
        followed(site, spammer, add_member(site.database, f"member{number}"))
    assert len(deliver(site, minutes=10)) == 50


def test_whoever_turned_it_off_gets_none_and_neither_do_those_that_wait(site: RunningSite) -> None:
    alice, bob, carol = (add_member(site.database, name) for name in ("Alice", "bob", "carol"))
    followed(site, bob, alice)
    choose_emails(context_on(site), alice, Choices(followed=False))
    followed(site, carol, alice)
    assert deliver(site, minutes=10) == []
    assert outcomes(site.database) == ["turned_off"]


@each_way_to_hide
def test_an_account_that_was_deactivated_gets_none(site: RunningSite, hide: Hide) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    followed(site, bob, alice)
    hide(site.database, alice)
    assert deliver(site, minutes=10) == []
    assert outcomes(site.database) == ["no_such_account"]


def test_a_letter_tried_again_counts_once_and_names_the_same(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    followed(site, bob, alice)
    with site.database.writing() as session:
        writer = site.delivery._renderer.renderers["followed"]
        letter = session.scalars(select(Email)).one()
        for _ in range(8):
            written = writer.render(session, letter, site.clock())
            assert isinstance(written, Rendered), written
            letter.progress = {**letter.progress, **written.progress}

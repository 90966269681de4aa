"""The weekly letter: once a week of any number of workers, spread over the week, and only with something in it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import insert, select, update

from microblog import posts
from microblog.auth.models import SignInSession
from microblog.cli.start import make_worker
from microblog.digests import queue_due_digests
from microblog.digests.digest import ENROLLED_AT_ONCE, WEEK, move_on
from microblog.digests.models import Digest
from microblog.identity import Account
from microblog.mail import Email
from microblog.posts import delete_post
from microblog.subscriptions import Choices, choose_emails
from subscriptions.post_office import deliver, outcomes
from support.clock import NOON
from support.community import Hide, add_member, each_way_to_hide, follow, say
from support.context import context_on
from support.running import RunningSite

HOUR = timedelta(hours=1)


def look(site: RunningSite) -> list[int]:
    """Do the worker's hourly job."""
    return list(queue_due_digests(site.database, site.clock()))


def due_in_a_moment(site: RunningSite, account_id: int) -> None:
    """Let a member's moment of the week have come."""
    look(site)
    with site.database.writing() as session:
        session.execute(update(Digest).where(Digest.account_id == account_id).values(due_at=site.clock()))


def alice_follows_bob(site: RunningSite) -> tuple[int, int]:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    follow(site.database, alice, bob)
    return alice, bob


def test_a_member_gets_what_those_they_follow_posted(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    carol = add_member(site.database, "carol")
    say(site.database, bob, "The first frost\non the boats")
    say(site.database, carol, "nobody follows me")
    say(site.database, alice, "my own words")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    look(site)
    (letter,) = deliver(site)
    assert letter.summary.to == "Alice@example.com"
    assert 'bob on 22 November: "The first frost on the boats"' in letter.text
    assert "nobody follows" not in letter.text
    assert "my own words" not in letter.text


def test_no_username_becomes_a_link_in_it(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "www.evil.example")
    follow(site.database, alice, bob)
    say(site.database, bob, "Hi")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    look(site)
    (letter,) = deliver(site)
    assert 'www.\u200cevil.\u200cexample on 22 November: "Hi"' in letter.text
    assert "evil.example" not in letter.text + letter.html


def test_there_is_none_when_there_is_nothing(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "long ago")
    site.clock.move(days=8)
    due_in_a_moment(site, alice)
    look(site)
    assert outcomes(site.database) == []


def test_there_is_none_about_what_was_posted_before_the_member_was_here_last(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "seen")
    site.clock.move(hours=5)
    login = {"account_id": alice, "secret_hash": "x", "remembered": False, "created_at": NOON}
    with site.database.writing() as session:
        session.execute(insert(SignInSession).values({**login, "expires_at": NOON + WEEK, "seen_at": NOON + 4 * HOUR}))
    due_in_a_moment(site, alice)
    look(site)
    assert outcomes(site.database) == []


def test_what_was_deleted_meanwhile_is_not_in_it(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    number = say(site.database, bob, "taken back")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    look(site)
    delete_post(context_on(site), bob, number)
    assert deliver(site) == []
    assert outcomes(site.database) == ["nothing_new"]


def test_ten_posts_are_in_it_and_a_word_that_there_is_more(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    for number in range(12):
        say(site.database, bob, f"post {number}")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    look(site)
    (letter,) = deliver(site)
    assert letter.text.count("bob on") == 10
    assert "And there is more." in letter.text


def test_ones_own_posts_do_not_hide_what_others_said(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "before you spoke")
    for number in range(15):
        say(site.database, alice, f"mine {number}")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    look(site)
    assert len(deliver(site)) == 1


def test_it_comes_once_a_week_however_often_the_worker_looks(site: RunningSite) -> None:
    _, bob = alice_follows_bob(site)
    came = []
    for hour in range(0, 24 * 16, 6):
        if hour % 24 == 0:
            with site.database.writing() as session:
                session.execute(update(Account).values(created_at=NOON))
            say_now(site, bob, f"day {hour // 24}")
        if look(site) and (letters := deliver(site)):
            came.append(len([one for one in letters if one.summary.to == "Alice@example.com"]))
        site.clock.move(hours=6)
    assert max(came) == 2
    with site.database.reading() as session:
        posted = list(
            session.scalars(select(Email.queued_at).where(Email.to == "Alice@example.com").order_by(Email.id))
        )
    gaps = [later - earlier for earlier, later in pairwise(posted)]
    assert gaps == [WEEK]


def say_now(site: RunningSite, author_id: int, text: str) -> None:
    with site.database.writing() as session:
        posts.add_post(session, author_id=author_id, text=text, once=text, now=site.clock())


def test_of_many_workers_one_posts_it(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "once")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: look(site), range(4)))
    assert outcomes(site.database) == ["waiting"]


def test_a_moment_is_moved_on_by_one_alone(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    due_in_a_moment(site, alice)
    with site.database.writing() as session:
        assert move_on(session, alice, site.clock(), site.clock())
        assert not move_on(session, alice, site.clock(), site.clock())


def test_every_worker_looks_once_an_hour(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "news")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    for job in make_worker(site.settings, site.database, site.clock)._rounds.due():
        job(site.clock())
    assert outcomes(site.database) == ["waiting"]


def test_many_workers_enrol_every_member_once(site: RunningSite) -> None:
    for number in range(30):
        add_member(site.database, f"m{number}")
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: look(site), range(4)))
    look(site)
    with site.database.reading() as session:
        assert len(session.scalars(select(Digest.account_id)).all()) == 30


def test_after_a_long_silence_there_is_one_and_the_next_comes_in_its_week(site: RunningSite) -> None:
    alice, _ = alice_follows_bob(site)
    look(site)
    with site.database.writing() as session:
        session.execute(update(Digest).where(Digest.account_id == alice).values(due_at=NOON - timedelta(days=20)))
    look(site)
    with site.database.reading() as session:
        assert session.get_one(Digest, alice).due_at == NOON + timedelta(days=8)


def test_members_are_spread_over_the_week_and_looked_at_some_at_a_time(site: RunningSite) -> None:
    with site.database.writing() as session:
        rows = [row(number) for number in range(ENROLLED_AT_ONCE + 40)]
        session.execute(insert(Account), rows)
    assert look(site) == [ENROLLED_AT_ONCE, 40, 0]
    with site.database.reading() as session:
        days = Counter((due - NOON) // timedelta(days=1) for due in session.scalars(select(Digest.due_at)))
    assert sorted(days) == list(range(7))
    assert max(days.values()) < 60


def row(number: int) -> dict[str, object]:
    name = f"m{number}"
    names = {"username": name, "username_key": name, "email": f"{name}@example.com", "email_key": f"{name}@example.com"}
    return {**names, "password_hash": "x", "created_at": NOON}


def test_whoever_turned_it_off_gets_none_and_neither_does_one_that_waits(site: RunningSite) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "news")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    look(site)
    choose_emails(context_on(site), alice, Choices(digest=False))
    assert deliver(site) == []
    assert outcomes(site.database) == ["turned_off"]
    due_in_a_moment(site, alice)
    look(site)
    assert len(outcomes(site.database)) == 1


@each_way_to_hide
def test_an_account_that_was_deactivated_gets_none(site: RunningSite, hide: Hide) -> None:
    alice, bob = alice_follows_bob(site)
    say(site.database, bob, "news")
    site.clock.move(hours=1)
    due_in_a_moment(site, alice)
    hide(site.database, alice)
    look(site)
    assert outcomes(site.database) == []

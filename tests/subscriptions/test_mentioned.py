"""The letter that a post names a member: not for every post, never in a stranger's words."""

import pytest
from sqlalchemy import select

from microblog.mail import Email, Rendered
from microblog.posts import delete_post
from microblog.subscriptions import Choices, choose_emails
from subscriptions.post_office import deliver, mention, outcomes, tell
from support.community import Hide, add_member, each_way_to_hide, follow, say
from support.context import context_on
from support.running import RunningSite
from support.statements import statements

CALL = "@Alice your account will be closed, call +1 555 0100200 or see https://evil.example/login"


def two(site: RunningSite) -> tuple[int, int]:
    return add_member(site.database, "Alice"), add_member(site.database, "bob")


def test_a_member_is_told_who_mentions_them_and_where(site: RunningSite) -> None:
    _, bob = two(site)
    number = mention(site, bob, "Good morning, @Alice")
    (letter,) = deliver(site, minutes=2)
    assert letter.summary.to == "Alice@example.com"
    assert "bob mentioned you in a post on Microblog." in letter.text
    assert f"{site.base}/post/{number}" in letter.text.splitlines()


def test_a_strangers_words_are_in_no_letter(site: RunningSite) -> None:
    _, bob = two(site)
    mention(site, bob, CALL)
    (letter,) = deliver(site, minutes=2)
    for word in ("closed", "555", "evil"):
        assert word not in letter.source


def test_the_words_of_somebody_the_member_follows_are_quoted_without_what_could_be_a_link(site: RunningSite) -> None:
    alice, bob = two(site)
    follow(site.database, alice, bob)
    mention(site, bob, CALL)
    (letter,) = deliver(site, minutes=2)
    assert '"@Alice your account will be closed, call [link] or see [link]"' in letter.text
    assert "evil" not in letter.source


@pytest.mark.parametrize("named", [1, 10])
def test_telling_ten_members_takes_as_many_statements_as_telling_one(site: RunningSite, named: int) -> None:
    names = [f"member{number}" for number in range(named)]
    bob, *_ = [add_member(site.database, name) for name in ("bob", *names)]
    number = say(site.database, bob, " ".join(f"@{name}" for name in names))
    with statements(site) as asked:
        tell(site, number)
    assert len([one for one in asked if not one.startswith(("BEGIN", "PRAGMA", "NOTIFY"))]) <= 6
    assert len(deliver(site, minutes=2)) == named


def test_nobody_is_told_of_their_own_post(site: RunningSite) -> None:
    alice, _ = two(site)
    mention(site, alice, "I am @Alice")
    assert deliver(site, minutes=2) == []


def test_a_post_brings_ten_letters_at_most(site: RunningSite) -> None:
    bob = add_member(site.database, "bob")
    names = [f"member{number}" for number in range(13)]
    for name in names:
        add_member(site.database, name)
    mention(site, bob, " ".join(f"@{name}" for name in names))
    assert len(deliver(site, minutes=2)) == 10


def test_telling_twice_is_one_letter_even_long_after(site: RunningSite) -> None:
    _, bob = two(site)
    number = mention(site, bob, "Hello @Alice")
    deliver(site, minutes=2)
    tell(site, number)
    assert len(deliver(site, hours=5)) == 1
    assert outcomes(site.database) == ["sent"]


def test_a_post_that_is_gone_before_the_letter_leaves_brings_none(site: RunningSite) -> None:
    _, bob = two(site)
    number = mention(site, bob, "Hello @Alice")
    assert deliver(site, minutes=1) == []
    delete_post(context_on(site), bob, number)
    assert deliver(site, minutes=1) == []
    assert outcomes(site.database) == ["post_gone"]


@each_way_to_hide
def test_a_post_whose_author_is_gone_brings_none(site: RunningSite, hide: Hide) -> None:
    _, bob = two(site)
    mention(site, bob, "Hello @Alice")
    hide(site.database, bob)
    assert deliver(site, minutes=2) == []


def test_whoever_turned_it_off_gets_none_and_neither_do_those_that_wait(site: RunningSite) -> None:
    alice, bob = two(site)
    mention(site, bob, "Hello @Alice")
    choose_emails(context_on(site), alice, Choices(mentioned=False))
    mention(site, bob, "Hello again, @Alice")
    assert deliver(site, minutes=2) == []
    assert outcomes(site.database) == ["turned_off"]


@each_way_to_hide
def test_an_account_that_was_deactivated_gets_none(site: RunningSite, hide: Hide) -> None:
    alice, bob = two(site)
    mention(site, bob, "Hello @Alice")
    hide(site.database, alice)
    assert deliver(site, minutes=2) == []
    assert outcomes(site.database) == ["no_such_account"]


def test_one_author_brings_a_member_three_a_day(site: RunningSite) -> None:
    _, bob = two(site)
    for number in range(5):
        mention(site, bob, f"Hello @Alice {number}")
    assert len(deliver(site, minutes=2)) == 3
    assert outcomes(site.database).count("daily_limit") == 2


def test_all_authors_together_bring_a_member_ten_a_day(site: RunningSite) -> None:
    add_member(site.database, "Alice")
    for number in range(12):
        mention(site, add_member(site.database, f"member{number}"), "Hello @Alice")
    assert len(deliver(site, minutes=2)) == 10
    mention(site, add_member(site.database, "late"), "Hello @Alice")
    assert len(deliver(site, days=1)) == 11


def test_one_author_brings_all_together_thirty_a_day(site: RunningSite) -> None:
    bob = add_member(site.database, "bob")
    for number in range(33):
        add_member(site.database, f"member{number}")
        mention(site, bob, f"Hello @member{number}")
    assert len(deliver(site, minutes=2)) == 30


def test_a_letter_tried_again_counts_once(site: RunningSite) -> None:
    _, bob = two(site)
    mention(site, bob, "Hello @Alice")
    with site.database.writing() as session:
        letter = session.scalars(select(Email)).one()
        for _ in range(12):
            written = site.delivery._renderer.renderers["mentioned"].render(session, letter, site.clock())
            assert isinstance(written, Rendered), written
            letter.progress = {**letter.progress, **written.progress}

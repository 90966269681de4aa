"""What is shown of a member, changing it, and when the member was last here."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, event, func, select

from microblog import profiles
from microblog.db import Database
from microblog.identity import Account, BadUsername, UsernameTaken
from microblog.identity.models import FormerUsername
from microblog.profiles import AboutRefused, Portrait
from microblog.profiles.avatars import keep_avatar, remove_avatar
from microblog.profiles.changing import Changed, change_profile
from microblog.profiles.errors import AboutTooLong, AboutUnreadable
from microblog.profiles.export import profile_row
from microblog.profiles.models import Avatar, Profile
from support.clock import NOON
from support.community import Hide, add_member, each_way_to_hide, follow
from support.refusing import refused

FAMILY = "👨‍👩‍👧‍👦"
PICTURE = b"a picture"


def change(database: Database, account_id: int, username: str, about_me: str = "") -> Changed:
    with database.writing() as session:
        return change_profile(session, account_id, username=username, about_me=about_me, now=NOON)


def shown(database: Database, username: str) -> Portrait | None:
    with database.reading() as session:
        return profiles.profile_of(session, username)


def about(database: Database, username: str) -> str:
    found = shown(database, username)
    return found.about if found else "nobody"


def record_last_seen(database: Database, account_id: int, now: datetime) -> None:
    with database.writing() as session:
        profiles.record_last_seen(session, account_id, now)


def seen(database: Database, username: str) -> datetime | None:
    found = shown(database, username)
    assert found
    return found.seen


def test_everybody_sees_the_same_of_a_member_and_no_address(database: Database) -> None:
    alice, bob, carol = (add_member(database, name) for name in ("Alice", "bob", "carol"))
    follow(database, bob, alice)
    follow(database, carol, alice)
    follow(database, alice, bob)
    assert shown(database, "aLICE") == Portrait(alice, "Alice", "", NOON, None, 2, 1, None)
    assert "example.com" not in repr(shown(database, "alice"))
    assert shown(database, "nobody") is None


def test_a_member_is_read_in_one_round_trip(database: Database) -> None:
    add_member(database, "alice")
    with database.reading() as session:
        sent: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *call: sent.append(call[2]))
        profiles.profile_of(session, "alice")
    assert len(sent) == 1


def test_a_former_username_leads_to_the_member(database: Database) -> None:
    alice = add_member(database, "alice")
    assert change(database, alice, "alicia") == Changed("alicia", renamed=True)
    found = shown(database, "Alice")
    assert found
    assert (found.account_id, found.username) == (alice, "alicia")


def test_whoever_has_a_username_now_comes_before_whoever_had_it(database: Database) -> None:
    """It should not happen that two have it; where it does, the address is the present one's."""
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    with database.writing() as session:
        session.add(FormerUsername(username_key="bob", username="bob", account_id=alice, changed_at=NOON))
    found = shown(database, "bob")
    assert found
    assert found.account_id == bob


@each_way_to_hide
def test_whoever_was_deactivated_is_not_shown_under_any_name(database: Database, hide: Hide) -> None:
    alice = add_member(database, "alice")
    change(database, alice, "alicia")
    hide(database, alice)
    assert shown(database, "alice") is shown(database, "alicia") is None
    with database.reading() as session:
        assert profiles.avatar_of(session, "alicia") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  I paint.  ", "I paint."),
        ("one\r\ntwo", "one\ntwo"),
        ("e\u0301", "é"),
        ("", ""),
        (" \n\u200b", ""),
        ("x" * 140, "x" * 140),
        (FAMILY * 140, FAMILY * 140),
        ("<b>'\"&", "<b>'\"&"),
    ],
)
def test_words_about_a_member_are_kept_as_posts_are(database: Database, typed: str, kept: str) -> None:
    alice = add_member(database, "alice")
    change(database, alice, "alice", typed)
    assert about(database, "alice") == kept


@pytest.mark.parametrize(
    ("typed", "refusal", "words"),
    [
        ("x" * 141, AboutTooLong, "at most 140 characters; this has 141"),
        ("x" * 501, AboutTooLong, "at most 140 characters; this is far longer"),
        ("\n" * 60_000 + "x" * 6000, AboutTooLong, "far longer"),
        ("a" + "\u0301" * 1000, AboutUnreadable, "cannot be kept or read"),
        ("\0", AboutUnreadable, "cannot be kept or read"),
        ("\ud800", AboutUnreadable, "cannot be kept or read"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_changed(
    database: Database, typed: str, refusal: type[AboutRefused], words: str
) -> None:
    alice = add_member(database, "alice")
    change(database, alice, "alice", "I paint.")
    with refused(refusal, words):
        change(database, alice, "alicia", typed)
    assert about(database, "alice") == "I paint."
    assert shown(database, "alicia") is None


def test_a_username_that_is_refused_leaves_the_words_as_they_were(database: Database) -> None:
    alice = add_member(database, "alice")
    add_member(database, "bob")
    for username, refusal in (("bob", UsernameTaken), ("a b", BadUsername), ("", BadUsername)):
        with pytest.raises(refusal):
            change(database, alice, username, "I paint.")
    assert about(database, "alice") == ""


def test_last_seen_is_written_once_in_five_minutes(database: Database) -> None:
    alice = add_member(database, "alice")
    record_last_seen(database, alice, NOON)
    assert seen(database, "alice") == NOON
    record_last_seen(database, alice, NOON + timedelta(minutes=4, seconds=59))
    assert seen(database, "alice") == NOON
    record_last_seen(database, alice, NOON + timedelta(minutes=5))
    assert seen(database, "alice") == NOON + timedelta(minutes=5)
    record_last_seen(database, alice, NOON)
    assert seen(database, "alice") == NOON + timedelta(minutes=5)


def test_last_seen_and_the_words_leave_each_other_alone(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    change(database, alice, "alice", "I paint.")
    record_last_seen(database, alice, NOON)
    record_last_seen(database, bob, NOON)
    change(database, bob, "bob", "I sing.")
    for username, words in (("alice", "I paint."), ("bob", "I sing.")):
        assert (about(database, username), seen(database, username)) == (words, NOON)


def test_whoever_is_gone_was_not_seen(database: Database) -> None:
    record_last_seen(database, 4711, NOON)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Profile)) == 0


def test_an_uploaded_picture_takes_the_place_of_the_drawn_one_until_it_is_removed(database: Database) -> None:
    alice = add_member(database, "alice")

    def avatar() -> profiles.Picture:
        with database.reading() as session:
            found = profiles.avatar_of(session, "ALICE")
        assert found
        return found

    drawn = avatar()
    assert drawn.media_type == "image/svg+xml"
    for content in (PICTURE, b"another"):
        with database.writing() as session:
            keep_avatar(session, alice, content, NOON)
        assert (avatar().content, avatar().media_type) == (content, "image/webp")
        found = shown(database, "alice")
        assert found
        assert found.uploaded == avatar().digest
    with database.writing() as session:
        assert remove_avatar(session, alice)
        assert not remove_avatar(session, alice)
    assert avatar() == drawn


def test_all_of_it_can_be_taken_along(database: Database) -> None:
    alice = add_member(database, "alice")
    with database.reading() as session:
        assert profile_row(session, alice) == {
            "about_me": "",
            "last_seen": None,
            "former_usernames": [],
            "avatar": None,
        }
    change(database, alice, "alicia", "I paint.")
    record_last_seen(database, alice, NOON)
    with database.writing() as session:
        keep_avatar(session, alice, PICTURE, NOON)
    with database.reading() as session:
        taken = profile_row(session, alice)
    assert json.loads(json.dumps(taken)) == {
        "about_me": "I paint.",
        "last_seen": NOON.isoformat(),
        "former_usernames": [{"username": "alice", "until": NOON.isoformat()}],
        "avatar": {"media_type": "image/webp", "content_base64": "YSBwaWN0dXJl", "changed_at": NOON.isoformat()},
    }


def test_with_an_account_all_of_it_goes(database: Database) -> None:
    alice = add_member(database, "alice")
    change(database, alice, "alicia", "I paint.")
    with database.writing() as session:
        keep_avatar(session, alice, PICTURE, NOON)
    with database.writing() as session:
        session.execute(delete(Account).where(Account.id == alice))
    with database.reading() as session:
        for table in (Profile, Avatar, FormerUsername):
            assert session.scalar(select(func.count()).select_from(table)) == 0

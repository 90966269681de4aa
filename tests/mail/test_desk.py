"""The operator's desk: what became of the letters, and a hand on those that are stuck."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.mail import Kind, LetterCount, State, WorkerSeen, post
from microblog.mail.bell import LocalBell
from microblog.mail.desk import (
    Entry,
    NoSuchLetter,
    Page,
    Refused,
    Wanted,
    ago,
    all_tries,
    drop,
    ended_ever,
    ended_since,
    entry,
    find,
    kinds,
    last_hour,
    oldest_open,
    open_now,
    retry,
    story,
    workers,
)
from support.clock import NOON
from support.outbox import DAY, letter_in, put_letter

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ENDED = [State.SENT, State.FAILED, State.EXPIRED, State.DROPPED]
FORGOTTEN: dict[str, Any] = {"to": "", "facts": {}}


def numbers(page: Page) -> list[int]:
    return [one.id for one in page.entries]


def changed(database: Database, what: Callable[[Session, int, datetime], str], number: int) -> str:
    with database.writing() as session:
        return what(session, number, NOON)


def count_up(session: Session, state: State, letters: int, kind: str = "reset_password", reason: str = "") -> None:
    row = LetterCount(kind=kind, state=state, reason=reason, letters=letters, seconds=1.0, buckets=[])
    session.add(row)


def test_an_empty_outbox_has_nothing_to_show(database: Database) -> None:
    with database.reading() as session:
        assert not open_now(session)
        assert not ended_since(session, NOON - DAY)
        assert not ended_ever(session)
        assert oldest_open(session) is None
        assert workers(session, NOON) == ()
        assert kinds(session) == ()
        assert find(session, Wanted(), size=5) == Page(())
        assert sum(one.posted + one.sent + one.lost + one.dropped for one in last_hour(session, NOON)) == 0


def test_letters_are_counted_by_state_now_within_a_day_and_ever(database: Database) -> None:
    for state, ago_ in [(State.SENT, HOUR), (State.SENT, 2 * DAY), (State.DROPPED, HOUR), (State.WAITING, 3 * DAY)]:
        put_letter(database, state, posted_at=NOON - ago_)
    put_letter(database, State.SENDING)
    put_letter(database, State.FAILED, posted_at=NOON - HOUR, counted=True)
    put_letter(database, State.EXPIRED, posted_at=NOON - HOUR, **FORGOTTEN)
    with database.writing() as session:
        count_up(session, State.SENT, 40)
        count_up(session, State.SENT, 2, kind="sign_up")
        count_up(session, State.FAILED, 7, reason="refused")
    with database.reading() as session:
        assert open_now(session) == {"waiting": 1, "sending": 1}
        assert ended_since(session, NOON - DAY) == {"sent": 1, "dropped": 1, "failed": 1}
        assert ended_ever(session) == {"sent": 44, "dropped": 1, "failed": 7, "expired": 1}


def test_the_oldest_letter_on_its_way_is_found_whatever_is_due_next(database: Database) -> None:
    put_letter(database, State.SENT, posted_at=NOON - DAY)
    put_letter(database, posted_at=NOON - MINUTE)
    old = put_letter(database, posted_at=NOON - HOUR, due_at=NOON + HOUR, urgent=False)
    with database.reading() as session:
        oldest = oldest_open(session)
    assert oldest is not None
    assert (oldest.id, oldest.posted_at) == (old, NOON - HOUR)


def test_a_worker_is_alive_while_it_is_heard_of(database: Database) -> None:
    with database.writing() as session:
        for name, silent, trouble in [("a", 0, None), ("b", 59, "421 4.3.0 busy"), ("c", 60, None)]:
            at = NOON - silent * SECOND
            session.add(WorkerSeen(id=name, name=name, version="1", started_at=NOON - DAY, seen_at=at, trouble=trouble))
    with database.reading() as session:
        found = workers(session, NOON)
    assert [(one.name, one.alive, one.trouble) for one in found] == [
        ("a", True, ""),
        ("b", True, "421 4.3.0 busy"),
        ("c", False, ""),
    ]


def test_the_last_hour_is_told_minute_by_minute(database: Database) -> None:
    now = NOON + 30 * SECOND
    put_letter(database, State.SENT, posted_at=NOON, ended_at=NOON + 5 * SECOND)
    put_letter(database, State.SENT, posted_at=NOON - MINUTE, ended_at=NOON + 6 * SECOND)
    put_letter(database, State.FAILED, posted_at=NOON - 59 * MINUTE)
    put_letter(database, State.EXPIRED, posted_at=NOON - DAY, ended_at=NOON - 59 * MINUTE)
    put_letter(database, State.DROPPED, posted_at=NOON - 30 * MINUTE)
    put_letter(database, State.SENT, posted_at=NOON - HOUR - SECOND)  # too long ago
    put_letter(database, posted_at=NOON - 30 * MINUTE)
    put_letter(database, posted_at=NOON - DAY)
    with database.reading() as session:
        hour = last_hour(session, now)
    told = {(NOON - one.start) // MINUTE: (one.posted, one.sent, one.lost, one.dropped) for one in hour}
    assert list(told) == list(range(59, -1, -1))
    assert {minute: facts for minute, facts in told.items() if any(facts)} == {
        59: (1, 0, 2, 0),
        30: (2, 0, 0, 1),
        1: (1, 0, 0, 0),
        0: (1, 2, 0, 0),
    }


def test_minutes_are_those_of_utc_whatever_zone_the_database_lives_in(database: Database) -> None:
    put_letter(database, State.SENT, posted_at=NOON - 20 * MINUTE)
    with database.reading() as session:
        if database.is_postgresql:
            session.execute(text("SET LOCAL TimeZone = 'Asia/Kathmandu'"))  # 5 hours and 45 minutes ahead
        sent = [one.start for one in last_hour(session, NOON) if one.sent]
    assert sent == [NOON - 20 * MINUTE]


def test_letters_are_found_newest_first_page_by_page_and_back(database: Database) -> None:
    made = [put_letter(database) for _ in range(7)]
    with database.reading() as session:
        first = find(session, Wanted(), size=3)
        second = find(session, Wanted(), size=3, before=first.older)
        third = find(session, Wanted(), size=3, before=second.older)
        back = find(session, Wanted(), size=3, after=third.newer)
        front = find(session, Wanted(), size=3, after=back.newer)
    assert [numbers(page) for page in (first, second, third)] == [made[:3:-1], made[3:0:-1], made[:1]]
    assert (first.newer, third.older) == (None, None)
    assert (numbers(back), numbers(front)) == (numbers(second), numbers(first))


def test_going_on_to_newer_letters_ends_with_a_full_page_of_the_newest(database: Database) -> None:
    made = [put_letter(database) for _ in range(4)]
    with database.reading() as session:
        page = find(session, Wanted(), size=3, after=made[2])
    assert numbers(page) == made[:0:-1]
    assert page.newer is None


def test_letters_are_found_by_state(database: Database) -> None:
    made = {one: put_letter(database, one) for one in State}
    with database.reading() as session:
        for state, number in made.items():
            assert numbers(find(session, Wanted(state=state), size=9)) == [number]


def test_letters_are_found_by_kind_and_by_everything_at_once(database: Database) -> None:
    put_letter(database, State.SENT, kind="sign_up")
    put_letter(database, State.FAILED, kind="sign_up", to="bob@example.com")
    put_letter(database, State.FAILED)
    wanted = put_letter(database, State.FAILED, kind="sign_up")
    with database.reading() as session:
        assert len(find(session, Wanted(kind="sign_up"), size=9).entries) == 3
        assert find(session, Wanted(kind="Sign_up"), size=9).entries == ()
        asked = Wanted(State.FAILED, "sign_up", "alice@example.com")
        assert numbers(find(session, asked, size=9)) == [wanted]
        assert kinds(session) == ("reset_password", "sign_up")


def test_a_letter_is_found_by_any_spelling_of_its_address_a_username_or_its_number(database: Database) -> None:
    put_letter(database, to="bob@example.com")
    lower, upper, idn, username = (
        put_letter(database, to=to)
        for to in ("alice@example.com", "Carol@example.com", "dora@bücher.example", "wonder.land")
    )
    asked = {
        " Alice@Example.COM ": lower,
        "carol@example.com": upper,
        "dora@xn--bcher-kva.example": idn,
        "Wonder.Land": username,  # as it was typed, where only the worker may look for the account
        str(idn): idn,
        f"#{upper}": upper,
    }
    with database.reading() as session:
        for words, number in asked.items():
            assert numbers(find(session, Wanted(words=words), size=9)) == [number], words


def test_words_that_are_no_letters_find_none(database: Database) -> None:
    put_letter(database)
    strange = ["alice", "alice@example", "%", "_lice@example.com", "' OR 1=1 --", "a\0b", "\ud800", "a\nb", "x" * 400]
    no_numbers = ["0", "-1", "²", "٣", "9" * 18, "9" * 19, "9" * 20, "9" * 5000, "#", "1.0", "1e3"]
    with database.reading() as session:
        for words in strange + no_numbers:
            assert find(session, Wanted(words=words), size=9) == Page(()), words[:20]


def test_any_number_is_a_place_to_go_on_from(database: Database) -> None:
    made = put_letter(database)
    with database.reading() as session:
        for number in (-(10**30), -1, 0, 1, 2, 2**63 - 1, 2**63, 10**30):
            before, after = (find(session, Wanted(), size=9, **{way: number}) for way in ("before", "after"))
            assert numbers(before) == ([made] if number > made else [])
            assert numbers(after) == [made]


def test_a_number_no_letter_has_finds_none_and_changes_none(database: Database) -> None:
    put_letter(database)
    for number in (-1, 0, 2, 2**63, 10**30):
        with database.reading() as session:
            assert entry(session, number) is None
        for change in (retry, drop):
            with pytest.raises(NoSuchLetter, match="no letter with that number"):
                changed(database, change, number)


def test_a_search_that_goes_through_letters_stops_in_time_and_can_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microblog.mail.desk.search.LOOK_BACK", 4)
    failed = put_letter(database, State.FAILED)
    for _ in range(9):
        put_letter(database, State.SENT)
    wanted = Wanted(State.FAILED)
    with database.reading() as session:
        first = find(session, wanted, size=5)
        second = find(session, wanted, size=5, before=first.older)
        third = find(session, wanted, size=5, before=second.older)
        back = find(session, Wanted(State.SENT), size=5, after=third.newer)
    assert [numbers(page) for page in (first, second, third)] == [[], [], [failed]]
    assert third.older is None
    assert numbers(back) == [failed + number for number in (5, 4, 3, 2)]
    assert back.newer == failed + 5


def test_letters_on_their_way_are_found_however_far_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microblog.mail.desk.search.LOOK_BACK", 2)
    waiting = put_letter(database)
    for _ in range(5):
        put_letter(database, State.SENT)
    with database.reading() as session:
        assert numbers(find(session, Wanted(State.WAITING), size=5)) == [waiting]
        assert numbers(find(session, Wanted(words="alice@example.com"), size=9))[-1] == waiting


def test_a_letter_is_shown_with_every_try_and_without_its_facts(database: Database) -> None:
    number = put_letter(database, State.FAILED, "450 4.2.0 later", "550 5.1.1 nobody", reason="refused")
    put_letter(database, State.SENT, "250 OK")
    with database.reading() as session:
        found, tries = entry(session, number), all_tries(session, number)
    assert found is not None
    assert (found.state, found.tries, found.reply, found.reason) == ("failed", 2, "550 5.1.1 nobody", "refused")
    assert [(one.number, one.at - NOON, one.state, one.reply) for one in tries] == [
        (1, MINUTE, "waiting", "450 4.2.0 later"),
        (2, 2 * MINUTE, "failed", "550 5.1.1 nobody"),
    ]
    assert "facts" not in {one.name for one in fields(Entry)}
    assert "a fact nobody may see" not in repr(found)


def test_what_strangers_said_is_shown_harmless(database: Database) -> None:
    hostile = "550 https://blog.example/x/eyJhbGciOiJIUzI1NiJ9.e30.c2ln \x1b[2J\r\nLetter 8"
    number = put_letter(database, State.FAILED, hostile, to="\u202ebob", message_id="<\x9b1@x>", reason="\x07")
    with database.writing() as session:
        at = {"started_at": NOON, "seen_at": NOON}
        session.add(WorkerSeen(id="a", name="\x1b[1m", version="1", trouble=hostile, **at))
    with database.reading() as session:
        found, (tried,), (worker,) = entry(session, number), all_tries(session, number), workers(session, NOON)
    assert found is not None
    assert (found.to, found.message_id, found.reason) == ("\\u202ebob", "<\\x9b1@x>", "\\x07")
    assert found.reply == tried.reply == worker.trouble == "550 <link> \\x1b[2J Letter 8"
    assert worker.name == "\\x1b[1m"


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.DROPPED])
def test_a_letter_that_was_not_sent_is_tried_again_for_as_long_as_at_first(database: Database, state: State) -> None:
    facts = {"identifier": "alice"}
    number = put_letter(database, state, "550 no", posted_at=NOON - 9 * DAY, reason="no", counted=True, facts=facts)
    assert "due now" in changed(database, retry, number)
    letter = letter_in(database, number)
    assert (letter.state, letter.due_at, letter.useful_until) == (State.WAITING, NOON, NOON + DAY)
    assert (letter.ended_at, letter.reply, letter.reason, letter.counted) == (None, None, "", False)
    assert (letter.tries, letter.facts) == (1, facts)
    with database.reading() as session:
        assert [one.reply for one in all_tries(session, number)] == ["550 no"]


def test_a_letter_that_was_refused_and_is_tried_again_keeps_the_words_it_was_refused_with(database: Database) -> None:
    number = put_letter(database, State.FAILED, "450 later", "550 no", reason="refused")
    changed(database, retry, number)
    with database.reading() as session:
        tries = [(one.number, one.state, one.reply) for one in all_tries(session, number)]
    assert tries == [(1, "waiting", "450 later"), (2, "failed", "550 no")]


def test_a_letter_tried_again_twice_gets_no_longer_than_at_first(database: Database) -> None:
    number = put_letter(database, State.EXPIRED, posted_at=NOON - 9 * DAY)
    changed(database, retry, number)
    with database.writing() as session:
        drop(session, number, NOON + DAY)
        retry(session, number, NOON + 2 * DAY)
    assert letter_in(database, number).useful_until == NOON + 3 * DAY


def test_a_letter_that_waits_is_due_now_and_keeps_its_deadline_and_its_last_words(database: Database) -> None:
    posted = NOON - HOUR
    number = put_letter(database, State.WAITING, "450 later", posted_at=posted, due_at=NOON + HOUR)
    changed(database, retry, number)
    letter = letter_in(database, number)
    assert (letter.state, letter.due_at, letter.useful_until) == (State.WAITING, NOON, posted + DAY)
    assert (letter.posted_at, letter.reply) == (posted, "450 later")


@pytest.mark.parametrize(
    ("state", "words"), [(State.SENT, "reach its reader twice"), (State.SENDING, "sending this letter now")]
)
def test_a_letter_that_was_sent_or_is_being_sent_is_never_tried_again(
    database: Database, state: State, words: str
) -> None:
    number = put_letter(database, state)
    with pytest.raises(Refused, match=words):
        changed(database, retry, number)
    assert letter_in(database, number).state == state


def test_a_letter_whose_facts_are_gone_cannot_be_tried_again(database: Database) -> None:
    number = put_letter(database, State.FAILED, **FORGOTTEN)
    with pytest.raises(Refused, match="deleted when its time was over"):
        changed(database, retry, number)
    assert letter_in(database, number).state == State.FAILED


@pytest.mark.parametrize(
    ("state", "words"), [(State.WAITING, "will not be sent"), (State.SENDING, "If it leaves all the same")]
)
def test_a_letter_on_its_way_is_dropped(database: Database, state: State, words: str) -> None:
    number = put_letter(database, state, "450 later")
    assert words in changed(database, drop, number)
    letter = letter_in(database, number)
    assert (letter.state, letter.reason, letter.ended_at) == (State.DROPPED, "dropped by the operator", NOON)
    assert letter.claim is None


def test_a_letter_that_ended_cannot_be_dropped(database: Database) -> None:
    for state in ENDED:
        number = put_letter(database, state, posted_at=NOON - HOUR)
        with pytest.raises(Refused, match="ended already"):
            changed(database, drop, number)
        assert letter_in(database, number).ended_at == NOON - HOUR


def test_the_bell_rings_for_a_retry_and_not_for_a_refusal(database: Database) -> None:
    bell = LocalBell()
    database.after_commit.append(bell.after_commit)
    failed, sent = put_letter(database, State.FAILED), put_letter(database, State.SENT)
    bell._rung.clear()
    with pytest.raises(Refused):
        changed(database, retry, sent)
    assert not bell._rung.is_set()
    changed(database, retry, failed)
    assert bell._rung.is_set()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (-5 * SECOND, "0 seconds"),
        (SECOND, "1 second"),
        (59.9 * SECOND, "59 seconds"),
        (MINUTE, "1 minute"),
        (HOUR - SECOND, "59 minutes"),
        (HOUR, "1 hour"),
        (2 * DAY - SECOND, "1 day"),
        (2 * DAY, "2 days"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(span: timedelta, words: str) -> None:
    assert ago(span) == words


ENTRY = Entry(
    id=1,
    kind="reset_password",
    state="waiting",
    to="alice@example.com",
    posted_at=NOON,
    due_at=NOON,
    useful_until=NOON + DAY,
    tries=0,
    message_id="",
    reply="",
    reason="",
    ended_at=None,
)


@pytest.mark.parametrize(
    ("entry_", "words"),
    [
        (ENTRY, "waits for a worker"),
        (replace(ENTRY, due_at=NOON + HOUR), "leaves in 1 hour"),
        (replace(ENTRY, tries=1), "due for its next try"),
        (replace(ENTRY, tries=1, due_at=NOON + 119 * SECOND), "The next try is in 2 minutes"),
        (replace(ENTRY, state="sending"), "sending it now"),
        (replace(ENTRY, state="sent"), "The mail server took it"),
        (replace(ENTRY, state="failed", reason="refused"), "refused it for good"),
        (replace(ENTRY, state="failed", reason="cannot be written"), "a fault of this program"),
        (replace(ENTRY, state="expired"), "could not leave in time"),
        (replace(ENTRY, state="dropped", reason="no such account"), "It was not sent: no such account."),
        (replace(ENTRY, state="dropped"), "It was not sent."),
        (replace(ENTRY, state="a state of a newer version"), ""),
    ],
)
def test_where_a_letter_stands_is_told_in_words(entry_: Entry, words: str) -> None:
    assert words in story(entry_, NOON)


def test_a_letter_somebody_just_posted_is_on_the_desk(database: Database) -> None:
    with database.writing() as session:
        post(session, Kind("note"), to="Bob@example.com", facts={}, useful_for=DAY, now=NOON)
    with database.reading() as session:
        (found,) = find(session, Wanted(words="bob@example.com"), size=5).entries
    assert (found.kind, found.to, found.state) == ("note", "Bob@example.com", "waiting")

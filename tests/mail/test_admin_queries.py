"""Finding emails, and one email with its tries."""

from dataclasses import fields
from datetime import timedelta

import pytest

from microblog.db import Database
from microblog.mail import State, queue
from microblog.mail.admin import EmailEntry, EmailPage, Wanted, all_tries, entry, find, kinds, workers
from microblog.mail.outbox import WorkerSeen
from support.clock import NOON
from support.notes import NOTE, Note
from support.outbox import put_email

MINUTE = timedelta(minutes=1)


def numbers(page: EmailPage) -> list[int]:
    return [one.id for one in page.entries]


def test_emails_are_found_newest_first_page_by_page_and_back(database: Database) -> None:
    made = [put_email(database) for _ in range(7)]
    with database.reading() as session:
        first = find(session, Wanted(), size=3)
        second = find(session, Wanted(), size=3, before=first.older)
        third = find(session, Wanted(), size=3, before=second.older)
        back = find(session, Wanted(), size=3, after=third.newer)
        front = find(session, Wanted(), size=3, after=back.newer)
    assert [numbers(page) for page in (first, second, third)] == [made[:3:-1], made[3:0:-1], made[:1]]
    assert (first.newer, third.older) == (None, None)
    assert (numbers(back), numbers(front)) == (numbers(second), numbers(first))


def test_going_on_to_newer_emails_ends_with_a_full_page_of_the_newest(database: Database) -> None:
    made = [put_email(database) for _ in range(4)]
    with database.reading() as session:
        page = find(session, Wanted(), size=3, after=made[2])
    assert numbers(page) == made[:0:-1]
    assert page.newer is None


def test_emails_are_found_by_state(database: Database) -> None:
    made = {one: put_email(database, one) for one in State}
    with database.reading() as session:
        for state, number in made.items():
            assert numbers(find(session, Wanted(state=state), size=9)) == [number]


def test_emails_are_found_by_kind_and_by_everything_at_once(database: Database) -> None:
    put_email(database, State.SENT, kind="sign_up")
    put_email(database, State.FAILED, kind="sign_up", to="bob@example.com")
    put_email(database, State.FAILED)
    wanted = put_email(database, State.FAILED, kind="sign_up")
    with database.reading() as session:
        assert len(find(session, Wanted(kind="sign_up"), size=9).entries) == 3
        assert find(session, Wanted(kind="Sign_up"), size=9).entries == ()
        asked = Wanted(State.FAILED, "sign_up", "alice@example.com")
        assert numbers(find(session, asked, size=9)) == [wanted]
        assert kinds(session) == ("reset_password", "sign_up")


def test_an_email_is_found_by_any_spelling_of_its_address_a_username_or_its_number(database: Database) -> None:
    put_email(database, to="bob@example.com")
    lower, upper, idn, username = (
        put_email(database, to=to)
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


def test_words_that_are_no_emails_find_none(database: Database) -> None:
    put_email(database)
    strange = ["alice", "alice@example", "%", "_lice@example.com", "' OR 1=1 --", "a\0b", "\ud800", "a\nb", "x" * 400]
    no_numbers = ["0", "-1", "²", "٣", "9" * 18, "9" * 19, "9" * 20, "9" * 5000, "#", "1.0", "1e3"]
    with database.reading() as session:
        for words in strange + no_numbers:
            assert find(session, Wanted(words=words), size=9) == EmailPage(()), words[:20]


def test_any_number_is_a_place_to_go_on_from(database: Database) -> None:
    made = put_email(database)
    with database.reading() as session:
        for number in (-(10**30), -1, 0, 1, 2, 2**63 - 1, 2**63, 10**30):
            before, after = (find(session, Wanted(), size=9, **{way: number}) for way in ("before", "after"))
            assert numbers(before) == ([made] if number > made else [])
            assert numbers(after) == [made]


def test_a_number_no_email_has_finds_none(database: Database) -> None:
    put_email(database)
    for number in (-1, 0, 2, 2**63, 10**30):
        with database.reading() as session:
            assert entry(session, number) is None


def test_a_search_that_goes_through_emails_stops_in_time_and_can_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microblog.mail.admin.queries.LOOK_BACK", 4)
    failed = put_email(database, State.FAILED)
    for _ in range(9):
        put_email(database, State.SENT)
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


def test_emails_on_their_way_are_found_however_far_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microblog.mail.admin.queries.LOOK_BACK", 2)
    waiting = put_email(database)
    for _ in range(5):
        put_email(database, State.SENT)
    with database.reading() as session:
        assert numbers(find(session, Wanted(State.WAITING), size=5)) == [waiting]
        assert numbers(find(session, Wanted(words="alice@example.com"), size=9))[-1] == waiting


def test_an_email_is_shown_with_every_try_and_without_its_facts(database: Database) -> None:
    number = put_email(database, State.FAILED, "450 4.2.0 later", "550 5.1.1 nobody", reason="refused")
    put_email(database, State.SENT, "250 OK")
    with database.reading() as session:
        found, tries = entry(session, number), all_tries(session, number)
    assert found is not None
    assert (found.state, found.tries, found.reply, found.reason) == ("failed", 2, "550 5.1.1 nobody", "refused")
    assert [(one.number, one.at - NOON, one.state, one.reply) for one in tries] == [
        (1, MINUTE, "waiting", "450 4.2.0 later"),
        (2, 2 * MINUTE, "failed", "550 5.1.1 nobody"),
    ]
    assert not {"payload", "progress"} & {one.name for one in fields(EmailEntry)}
    assert "a fact nobody may see" not in repr(found)


def test_what_strangers_said_is_shown_harmless(database: Database) -> None:
    hostile = "550 https://blog.example/x/eyJhbGciOiJIUzI1NiJ9.e30.c2ln \x1b[2J\r\nEmail 8"
    number = put_email(database, State.FAILED, hostile, to="\u202ebob", message_id="<\x9b1@x>", reason="\x07")
    with database.writing() as session:
        session.add(WorkerSeen(id="a", name="\x1b[1m", version="1", trouble=hostile, started_at=NOON, seen_at=NOON))
    with database.reading() as session:
        found, (tried,), (worker,) = entry(session, number), all_tries(session, number), workers(session, NOON)
    assert found is not None
    assert (found.to, found.message_id, found.reason) == ("\\u202ebob", "<\\x9b1@x>", "\\x07")
    assert found.reply == tried.reply == worker.trouble == "550 <link> \\x1b[2J Email 8"
    assert worker.name == "\\x1b[1m"


def test_an_email_somebody_just_posted_is_on_the_desk(database: Database) -> None:
    with database.writing() as session:
        queue(session, NOTE, to="Bob@example.com", payload=Note(), now=NOON)
    with database.reading() as session:
        (found,) = find(session, Wanted(words="bob@example.com"), size=5).entries
    assert (found.kind, found.to, found.state) == ("note", "Bob@example.com", "waiting")

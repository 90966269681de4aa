"""Telling the admins: one letter at once, then one an hour at most, and never so many that nobody reads them."""

import json
import string
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from error_reports.newsroom import ADMINS, Newsroom, all_of, error_called
from microblog.db import Database
from microblog.error_reports import ErrorReporter
from microblog.error_reports.counting import count_error, is_due, lock_untold
from microblog.mail import Email
from microblog.settings import load
from support.clock import NOON, HeldClock
from support.postgres import Postgres
from support.running import free_port

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def room(database: Database, clock: HeldClock, tmp_path: Path) -> Newsroom:
    return Newsroom(database, clock, tmp_path / "data")


def told_in(letter: Email) -> str:
    """Return the names of the errors that an email about what went on tells of, each a character, the newest first."""
    return "".join(error["key"][0] for error in letter.payload["errors"])


@pytest.mark.parametrize(
    ("told_at", "due"),
    [
        (NOON, False),
        (NOON + SECOND, False),
        (NOON - HOUR + SECOND, False),
        (NOON - HOUR, True),
        (NOON - 9 * HOUR, True),
    ],
)
def test_an_error_may_be_told_of_once_an_hour(told_at: datetime, due: bool) -> None:
    assert is_due(told_at, NOON) is due


def test_each_admin_gets_a_letter_at_once(room: Newsroom) -> None:
    room.happens(where="POST /register")
    for admin in ADMINS:
        [letter] = room.posted(to=admin)
        assert (letter.payload["title"], letter.payload["where"]) == ("a in error_called", "POST /register")
        assert "what it says varies" in letter.payload["traceback"]
        assert not letter.urgent
        assert letter.expires_at > NOON + timedelta(days=1)


def test_an_admin_who_is_named_twice_gets_one_letter(database: Database, clock: HeldClock, tmp_path: Path) -> None:
    room = Newsroom(database, clock, tmp_path / "data", f"{ADMINS[0]},{ADMINS[0]}")
    room.happens()
    assert len(room.posted()) == 1


def test_without_admins_the_log_says_it_all_and_nothing_is_kept(
    database: Database, clock: HeldClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    room = Newsroom(database, clock, tmp_path / "data", "")
    room.happens(where="GET /index")
    room.reporter.remind(NOON)
    assert room.rows() == {}
    assert "unhandled error, GET /index" in caplog.text
    assert "what it says varies" in caplog.text


def test_the_same_error_within_the_hour_is_counted_and_not_told(room: Newsroom) -> None:
    room.happens(times=3)
    room.clock.now = NOON + HOUR - SECOND
    room.happens()
    assert len(room.posted()) == 1
    row = room.rows()["a"]
    assert (row.times, row.untold, row.first_at, row.last_at, row.told_at) == (4, 3, NOON, room.clock.now, NOON)


def test_after_an_hour_one_letter_tells_how_often_it_happened(room: Newsroom) -> None:
    room.happens(times=3)
    room.clock.move(hours=1)
    room.happens(times=2)
    first, second = room.posted()
    assert (first.payload["occurrences"]["times"], first.payload["occurrences"]["told_at"]) == (1, None)
    often = second.payload["occurrences"]
    assert (often["times"], often["untold"]) == (4, 3)
    assert (often["first_at"], often["told_at"]) == (NOON.isoformat(), NOON.isoformat())
    assert room.rows()["a"].untold == 1


def test_an_error_that_stops_is_told_of_all_the_same_once_the_hour_is_over(room: Newsroom) -> None:
    room.happens(times=5)
    room.reporter.remind(room.clock.move(minutes=59))
    assert room.more() == []
    room.reporter.remind(room.clock.move(minutes=1))
    [letter] = room.more()
    [error] = letter.payload["errors"]
    assert error["key"].startswith("a in error_called ")
    often = error["occurrences"]
    assert (often["times"], often["untold"], error["last_at"]) == (5, 4, NOON.isoformat())
    assert len(room.posted()) == 1
    room.happens()
    assert len(room.posted()) == 1  # it was told a moment ago


def test_there_is_nothing_to_remind_of_while_nothing_goes_on(room: Newsroom) -> None:
    room.happens("a")
    for _ in range(5):
        room.reporter.remind(room.clock.move(hours=1))
    assert room.more() == []


def test_several_workers_remind_but_once(room: Newsroom) -> None:
    room.happens("a", times=2)
    room.clock.move(minutes=30)
    room.happens("b", times=2)
    room.clock.move(minutes=30)
    workers = [room.another() for _ in range(4)]
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(lambda worker: worker.remind(room.clock()), workers))
    [letter] = room.more()
    assert told_in(letter) == "a"
    room.clock.move(minutes=30)
    room.reporter.remind(room.clock())
    assert [told_in(letter) for letter in room.more()] == ["a", "ba"], "the newer tells what the older was to tell"


def test_letters_about_what_went_on_are_half_an_hour_apart_at_least(room: Newsroom) -> None:
    room.happens("a", times=2)
    room.clock.move(minutes=20)
    room.happens("b", times=2)
    room.reporter.remind(room.clock.move(minutes=40))
    room.reporter.remind(room.clock.move(minutes=29))
    assert len(room.more()) == 1
    room.reporter.remind(room.clock.move(minutes=1))
    assert [told_in(letter) for letter in room.more()] == ["a", "ba"]


def test_an_error_that_is_being_reported_is_left_to_that_report(
    postgres: Postgres, clock: HeldClock, tmp_path: Path
) -> None:
    """On PostgreSQL: SQLite has one writer at a time."""
    with postgres.fresh() as url, closing(Database(url)) as database:
        room = Newsroom(database, clock, tmp_path / "data")
        all_of(room.happens, "aabb")
        later = clock.move(hours=1)
        with database.writing() as one, database.writing() as two:
            count_error(one, room.rows()["a"].key, later)
            assert [row.key[0] for row in lock_untold(two, later)] == ["b"]
        with database.writing() as session:
            assert sorted(row.key[0] for row in lock_untold(session, later)) == ["a", "b"]


def test_different_errors_are_told_apart_and_ten_at_once_at_the_most(room: Newsroom) -> None:
    all_of(room.happens, string.ascii_lowercase)
    all_of(room.happens, string.ascii_lowercase)
    assert [letter.payload["title"][0] for letter in room.posted()] == list(string.ascii_lowercase[:10])
    assert {row.times for row in room.rows().values()} == {2}


def test_in_no_hour_there_are_more_than_twenty_letters_however_many_errors_there_are(room: Newsroom) -> None:
    for number in range(50):
        room.happens(f"error{number}")
        room.clock.move(minutes=3)
    times = [letter.queued_at for letter in room.posted()]
    assert len(times) > 20
    assert max(sum(first <= one < first + HOUR for one in times) for first in times) <= 20


def test_errors_that_were_too_many_for_a_letter_each_share_one(room: Newsroom) -> None:
    all_of(room.happens, string.ascii_lowercase)
    room.clock.move(minutes=5)
    room.reporter.remind(room.clock())
    [letter] = room.more()
    assert sorted(told_in(letter)) == list(string.ascii_lowercase[10:])
    found = [error["occurrences"] for error in letter.payload["errors"]]
    assert {(often["times"], often["told_at"]) for often in found} == {(1, None)}


def test_of_many_reports_at_once_one_posts_the_letter_and_all_are_counted(room: Newsroom) -> None:
    reporters = [room.another() for _ in range(4)]
    errors = [error_called("a") for _ in range(16)]
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(lambda number: reporters[number % 4].report(errors[number], "GET /"), range(16)))
    assert [len(room.posted(to=admin)) for admin in ADMINS] == [1, 1]
    assert (room.rows()["a"].times, room.rows()["a"].untold) == (16, 15)


def test_many_different_reports_and_reminders_at_once_stand_in_nobodys_way(room: Newsroom) -> None:
    """On PostgreSQL, rows that are locked in different orders would end one of them as a deadlock."""
    all_of(room.happens, string.ascii_lowercase)
    room.clock.move(hours=2)

    def act(number: int) -> None:
        reporter = room.another()
        if number % 4:
            reporter.report(error_called(string.ascii_lowercase[number % 26]), "GET /")
        else:
            reporter.remind(room.clock())

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(act, range(24)))
    assert sum(row.times for row in room.rows().values()) == 26 + 18


def test_a_letter_rings_the_bell_of_the_workers_in_this_process(room: Newsroom) -> None:
    rung: list[object] = []
    room.database.after_commit.append(lambda session: rung.append(session.info.get("emails_queued")))
    room.happens(times=2)
    assert rung == [True, None]


@pytest.mark.parametrize("kind", ["error_report", "more_errors"])
def test_a_letter_about_errors_that_fails_is_logged_and_makes_no_other(
    room: Newsroom, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    room.happens(where=f"email cannot be written id=1 kind={kind}")
    assert room.posted() == []
    assert room.rows() == {}
    assert "what it says varies" in caplog.text


def test_what_the_settings_keep_secret_and_what_is_private_is_in_neither_letter_nor_log(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = {
        "SECRET_KEY": "tulips-and-roses-in-a-meadow-" * 2,
        "SECRET_KEY_FALLBACKS": "an/older+key-of-this-test-of-some-length",
        "MAIL_PASSWORD": "abcd efgh ijkl mnop",
        "METRICS_TOKEN": "metrics&token, a long one",
    }
    database_url = "postgresql://blog:p%40ss%2Fword@db.example/name"
    environ = {"ADMINS": ADMINS[0], "MAIL_SERVER": "mail.example", "MAIL_USERNAME": "blog", "MAIL_USE_TLS": "yes"}
    settings = load({"MICROBLOG_DATA": str(room.folder), "DATABASE_URL": database_url, **environ, **secrets})
    private = ["hunter2", "summer rain"]
    known = [*secrets.values(), "p@ss/word", "p%40ss%2Fword", *private]
    error = RuntimeError(f"{known}, {settings.database_url}, {settings.keys('session')[0].hex()}")
    ErrorReporter(room.database, settings, room.clock).report(error, "GET /index", private)
    [letter] = room.posted()
    for secret in [*known, settings.keys("session")[0].hex()]:
        assert secret not in json.dumps(letter.payload)
        assert secret not in caplog.text
    assert "RuntimeError: ['[hidden]', '[hidden]'" in letter.payload["traceback"]


@pytest.mark.parametrize("where", ["email stumbled over token eyJhbGciOiJIUzI1NiJ9.eyJ4Ijo1fQ", "for al@example.com"])
def test_what_looks_secret_is_not_told_of_the_place_either(
    room: Newsroom, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    room.happens(where=where)
    assert where.rsplit(maxsplit=1)[-1] not in room.posted()[0].payload["where"]
    assert where.rsplit(maxsplit=1)[-1] not in caplog.text


def the_one_line(caplog: pytest.LogCaptureFixture) -> str:
    """Return what the log says of the admins who could not be told: one line, after the error itself."""
    [error, line] = caplog.records
    assert "what it says varies" in (error.exc_text or "")
    assert line.exc_info is None
    assert "the admins could not be told of an error (a, GET /index)" in line.getMessage()
    return line.getMessage()


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/blog.db", "postgresql+psycopg://blog:secret@127.0.0.1:{}/x"]
)
def test_a_database_that_is_down_is_one_line_in_the_log(
    clock: HeldClock, tmp_path: Path, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    with closing(Database(url.format(free_port()))) as database:
        Newsroom(database, clock, tmp_path / "data").happens()
    assert "OperationalError" in the_one_line(caplog)
    assert "secret" not in caplog.text


def test_a_database_that_is_locked_is_one_line_in_the_log_after_a_moment(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    with room.database.writing() as session:
        session.execute(text("LOCK TABLE error_reports" if room.database.is_postgresql else "DELETE FROM events"))
        room.happens()
    the_one_line(caplog)
    assert room.posted() == []
    room.happens()
    assert len(room.posted()) == 1


def test_a_database_without_the_table_is_one_line_in_the_log(room: Newsroom, caplog: pytest.LogCaptureFixture) -> None:
    with room.database.writing() as session:
        session.execute(text("DROP TABLE error_reports"))
    room.happens()
    assert "error_reports" in the_one_line(caplog)


def test_a_fault_in_the_reporting_itself_is_one_line_in_the_log(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    room.reporter.report(error_called("a"), "GET /index", [None])  # type: ignore[list-item] # the fault
    [line] = caplog.records
    assert line.exc_info is None
    assert "could not be told of an error (a, GET /index): AttributeError" in line.getMessage()

"""What is put off: gathered, done soon in one transaction, and nothing of it lost that matters."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.audit.models import Event
from microblog.db import Database
from microblog.web.deferred import DeferredWrites, defer, deferred_writes
from support.away import away
from support.clock import NOON
from support.running import RunningSite

NEVER = 3600.0  # seconds; a thread that waits so long leaves the flushing to the test


def noted(detail: str) -> Callable[[Session], None]:
    """Return a job that notes an event."""
    return lambda session: record(session, None, EventType.RESET_LINK_OPENED, NOON, detail=detail)


def details(database: Database) -> list[str]:
    """What was noted, in order."""
    with database.reading() as session:
        return list(session.scalars(select(Event.detail).order_by(Event.id)))


@pytest.fixture
def faults() -> list[Exception]:
    """What was reported."""
    return []


@pytest.fixture
def held(database: Database, faults: list[Exception]) -> Iterator[DeferredWrites]:
    """Gatherings whose thread holds still."""
    with closing(DeferredWrites(database, lambda error, _: faults.append(error), every=NEVER, most=3)) as deferred:
        yield deferred


def test_jobs_wait_and_are_then_done_in_order_in_one_transaction(held: DeferredWrites, database: Database) -> None:
    for word in ("one", "two", "three"):
        assert held.add(noted(word))
    assert details(database) == []
    commits: list[Any] = []
    event.listen(database.engine, "commit", commits.append)
    assert held.flush() == 3
    assert (details(database), len(commits)) == (["one", "two", "three"], 1)
    assert held.flush() == 0
    assert len(commits) == 1


def test_of_jobs_with_one_key_the_last_is_done(held: DeferredWrites, database: Database) -> None:
    for word in ("early", "late"):
        held.add(noted(word), key=("login", 7))
    held.add(noted("another"), key=("login", 8))
    assert held.flush() == 2
    assert details(database) == ["late", "another"]


def test_no_more_wait_than_there_is_room_for_and_that_is_told_once(
    held: DeferredWrites, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert [held.add(noted(word), key=word) for word in "abcde"] == [True, True, True, False, False]
    assert held.add(noted("a again"), key="a"), "it takes the place of one that waits"
    assert caplog.text.count("too much was put off") == 1
    held.flush()
    assert details(database) == ["a again", "b", "c"]
    assert held.add(noted("d"))


def test_a_job_at_fault_is_reported_and_takes_nothing_with_it(
    held: DeferredWrites, database: Database, faults: list[Exception]
) -> None:
    def half(session: Session) -> None:
        noted("half")(session)
        session.flush()
        session.execute(text("SELECT * FROM nowhere"))

    held.add(noted("before"))
    held.add(half)
    held.add(noted("behind"))
    held.flush()
    assert details(database) == ["before", "behind"]
    assert [type(error).__name__ for error in faults] in (["OperationalError"], ["ProgrammingError"])


def test_while_the_database_is_in_trouble_all_waits_on(site_with: Callable[..., RunningSite]) -> None:
    site = site_with().start(deliver=False)
    with closing(DeferredWrites(site.database, lambda error, _: pytest.fail(str(error)), every=NEVER)) as deferred:
        deferred.add(noted("old"), key="a")
        deferred.add(noted("kept"), key="b")
        with away(site):
            with pytest.raises(DBAPIError):
                deferred.flush()
            deferred.add(noted("new"), key="a")
        deferred.flush()
        assert sorted(details(site.database)) == ["kept", "new"]


def test_closing_does_what_waits_and_gathers_no_more(held: DeferredWrites, database: Database) -> None:
    held.add(noted("last"))
    held.close()
    assert details(database) == ["last"]
    assert not held.add(noted("too late"))
    assert "deferred writes" not in {thread.name for thread in threading.enumerate() if thread.is_alive()}


def test_the_thread_does_them_by_itself(database: Database) -> None:
    with closing(DeferredWrites(database, lambda *_: None, every=0.01)) as deferred:
        deferred.add(noted("soon"))
        deadline = time.monotonic() + 10
        while details(database) != ["soon"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_a_request_puts_off_what_it_cannot_write_itself(site: RunningSite) -> None:
    with site.app.test_request_context("/"):
        defer(noted("opened"))
    deferred_writes(site.app).flush()
    assert details(site.database) == ["opened"]

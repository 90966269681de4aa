"""Events: each committed one is a line in the log, with nothing in it that was typed."""

import logging

import pytest
from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.db import Database
from microblog.origin import Origin
from support.clock import NOON

HERE = Origin("Firefox on Windows", "192.0.2.0/24")


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the log says of events."""
    caplog.set_level(logging.INFO, "microblog.audit.events")
    return caplog


def test_an_event_is_a_line_once_it_is_committed(database: Database, lines: pytest.LogCaptureFixture) -> None:
    with database.writing() as session:
        record(session, None, EventType.SIGN_IN_REFUSED, NOON, origin=HERE, detail="no_such_name", about="0123abcd")
        session.flush()
        assert lines.messages == []
    [line] = lines.messages
    assert line.startswith('security event=sign_in_refused about=0123abcd detail=no_such_name device="Firefox on ')
    assert line.endswith(' on Windows" network=192.0.2.0/24')


def test_what_is_undone_is_no_line(database: Database, lines: pytest.LogCaptureFixture) -> None:
    with database.writing() as session:
        record(session, None, EventType.SIGNED_OUT, NOON)
        session.rollback()
    with database.writing() as session:
        record(session, None, EventType.SIGNED_UP, NOON, email_id=5)
        with session.begin_nested() as step:
            record(session, None, EventType.ACCOUNT_DELETED, NOON)
            session.flush()
            step.rollback()
        with session.begin_nested():
            record(session, None, EventType.DATA_DOWNLOADED, NOON)
        assert lines.messages == [], "a step within is no commit"
    assert lines.messages == ["security event=signed_up letter=5", "security event=data_downloaded"]


def test_a_session_that_goes_on_tells_each_event_once(database: Database, lines: pytest.LogCaptureFixture) -> None:
    with Session(database.engine) as session:
        record(session, None, EventType.SIGNED_IN, NOON)
        session.commit()
        record(session, None, EventType.SIGNED_OUT, NOON)
        session.commit()
    assert lines.messages == ["security event=signed_in", "security event=signed_out"]

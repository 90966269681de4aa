"""The bell between the processes of one command."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from microblog.db import Database
from microblog.mail import Kind, post
from microblog.mail.pipe_bell import PipeBell
from support.clock import NOON

LONG = 60.0


@pytest.fixture
def bell() -> Iterator[PipeBell]:
    made = PipeBell()
    yield made
    for end in (made._reader, made._writer):
        os.close(end)


def test_it_is_heard_in_another_process(bell: PipeBell) -> None:
    child = os.fork()
    if child == 0:
        bell.ring()
        os._exit(0)
    os.waitpid(child, 0)
    assert bell.wait(LONG)


def test_many_rings_before_anybody_waits_are_heard_once(bell: PipeBell) -> None:
    for _ in range(100_000):  # more than a pipe holds
        bell.ring()
    while bell.wait(0.01):
        pass
    bell.ring()
    assert bell.wait(LONG)
    assert not bell.wait(0.01)


def test_unrung_it_waits_for_one_poll_at_the_longest(bell: PipeBell) -> None:
    assert not bell.wait(LONG)


def test_it_rings_when_a_letter_was_posted_and_committed(bell: PipeBell, database: Database) -> None:
    database.after_commit.append(bell.after_commit)
    with database.writing():
        pass
    assert not bell.wait(0.01)
    with database.writing() as session:
        post(session, Kind("note"), to="a@example.com", facts={}, useful_for=timedelta(days=1), now=NOON)
        assert not bell.wait(0.01)
    assert bell.wait(LONG)

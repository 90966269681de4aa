"""The notifier between the processes of one command."""

import os
from collections.abc import Iterator

import pytest

from microblog.db import Database
from microblog.mail import queue
from microblog.mail.pipe_notifier import PipeNotifier
from support.clock import NOON
from support.notes import NOTE, Note

LONG = 60.0


@pytest.fixture
def notifier() -> Iterator[PipeNotifier]:
    made = PipeNotifier()
    yield made
    for end in (made._reader, made._writer):
        os.close(end)


def test_it_is_heard_in_another_process(notifier: PipeNotifier) -> None:
    child = os.fork()
    if child == 0:
        notifier.notify()
        os._exit(0)
    os.waitpid(child, 0)
    assert notifier.wait(LONG)


def test_many_notifications_before_anybody_waits_are_heard_once(notifier: PipeNotifier) -> None:
    for _ in range(100_000):  # more than a pipe holds
        notifier.notify()
    while notifier.wait(0.01):
        pass
    notifier.notify()
    assert notifier.wait(LONG)
    assert not notifier.wait(0.01)


def test_without_one_it_waits_for_one_poll_at_the_longest(notifier: PipeNotifier) -> None:
    assert not notifier.wait(LONG)


def test_it_notifies_when_an_email_was_queued_and_committed(notifier: PipeNotifier, database: Database) -> None:
    database.after_commit.append(notifier.after_commit)
    with database.writing():
        pass
    assert not notifier.wait(0.01)
    with database.writing() as session:
        queue(session, NOTE, to="a@example.com", payload=Note(), now=NOON)
        assert not notifier.wait(0.01)
    assert notifier.wait(LONG)

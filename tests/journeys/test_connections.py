"""How many connections to the mail server there are at once, and what happens where there may be no more."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from journeys.crowd import CROWD, NO_LIMITS, all_have_one, enrol, forget
from journeys.trial import Trial
from microblog.db import Database
from support.postgres import Postgres
from support.smtp_server import SmtpServer

ROOM = 10


@pytest.fixture
def trial(tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Trial]:
    """A site without limits."""
    with Trial(tmp_path).mail_to(smtp_server.port, **NO_LIMITS) as made:
        yield made


@contextmanager
def somebody_else(server: SmtpServer, connections: int) -> Iterator[None]:
    """Take up some of the server's room."""
    with ExitStack() as held:
        for _ in range(connections):
            held.enter_context(socket.create_connection(("127.0.0.1", server.port))).recv(1)
        yield


def test_a_server_with_room_for_ten_connections_gets_all_letters_once_from_workers_that_want_sixteen(
    trial: Trial, smtp_server: SmtpServer, postgres: Postgres
) -> None:
    trial.environ["MAIL_CONNECTIONS"] = "8"
    smtp_server.most_connections = ROOM
    smtp_server.script.seconds = 0.1
    with postgres.fresh() as url, closing(Database(url)) as database, somebody_else(smtp_server, ROOM // 2):
        trial.environ["DATABASE_URL"] = url
        enrol(database)
        trial.start("worker")
        trial.start("worker")
        forget(database, CROWD)
        assert all_have_one(trial, smtp_server, 90) == 0
        trial.kill()
    assert smtp_server.most_at_once > ROOM, "it was never full"


def test_a_worker_has_never_more_connections_than_it_may(trial: Trial, smtp_server: SmtpServer) -> None:
    trial.environ["MAIL_CONNECTIONS"] = "3"
    smtp_server.script.seconds = 0.01
    smtp_server.letters_per_connection = 7  # so that each is renewed now and then
    trial.prepare("db upgrade")
    with closing(Database(f"sqlite:///{trial.folder}/data/microblog.db")) as database:
        enrol(database)
        forget(database, CROWD)
        trial.start("worker")
        assert all_have_one(trial, smtp_server, 90) == 0
    assert 1 < smtp_server.most_at_once <= 3
    assert smtp_server.connections > 20

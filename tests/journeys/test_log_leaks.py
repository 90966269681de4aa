"""What a stranger makes us hear must not reach the log: a mail server's echo, a reader who hangs up."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from journeys.trial import FINISH, Trial, letter_to, wait_for
from support.postgres import Postgres
from support.smtp_server import SmtpServer


@pytest.fixture
def trial(tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Trial]:
    with Trial(tmp_path).mail_to(smtp_server.port) as made:
        made.start()
        yield made


def test_a_refusal_that_repeats_the_address_is_logged_and_kept_without_it(
    trial: Trial, smtp_server: SmtpServer
) -> None:
    smtp_server.script.rcpt = ["550 5.1.1 <alice@example.com>: Recipient address rejected"]
    trial.register("alice")
    wait_for(lambda: "email failed" in trial.output)
    assert "alice@example.com" not in trial.output
    assert "Recipient address rejected" in trial.output


def test_a_reader_who_hangs_up_leaves_no_token_in_the_log(
    tmp_path: Path, smtp_server: SmtpServer, postgres: Postgres
) -> None:
    with postgres.fresh() as url, Trial(tmp_path, DATABASE_URL=url).mail_to(smtp_server.port) as trial:
        trial.start()
        trial.register("alice")
        path = letter_to(smtp_server, "alice", FINISH).link.removeprefix(trial.base)
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with closing(psycopg.connect(plain)) as lock:
            lock.execute("LOCK TABLE sign_ups")
            with socket.create_connection(("127.0.0.1", trial.port)) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing is a reset
                line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                wait_for(lambda: lock.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall())
            lock.rollback()
        wait_for(lambda: "GET /register/finish/<path:token>" in trial.output)
        assert trial.processes[0].stop() == 0
        assert path.rpartition("/")[2] not in trial.output

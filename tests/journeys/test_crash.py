"""Whatever dies, the letter arrives: the mail server, the process, or the process in the middle of a sending."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from journeys.trial import FINISH, RESET, Trial, letter_to, wait_for
from support.running import free_port
from support.smtp_server import SmtpServer

LEASE = 45  # seconds; a dead process's claim ends after 30


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A site whose mail server is down; `its_server` brings it up."""
    with Trial(tmp_path).mail_to(free_port()) as made:
        yield made


@contextmanager
def its_server(trial: Trial) -> Iterator[SmtpServer]:
    """Bring the mail server of that site up."""
    server = SmtpServer(port=int(trial.environ["MAIL_PORT"])).start()
    try:
        yield server
    finally:
        server.stop()


def put_back(trial: Trial) -> bool:
    """Tell whether every letter was tried in vain and waits untouched for its next try."""
    rows = trial.outbox()
    return bool(rows) and all(row.state == "waiting" and row.reply and row.tries == 0 for row in rows)


def test_a_letter_asked_for_while_the_mail_server_is_down_arrives_once_it_is_up(trial: Trial) -> None:
    process = trial.start()
    alice = trial.register("alice")
    wait_for(lambda: put_back(trial))
    with its_server(trial) as server:
        letter = letter_to(server, "alice", FINISH)
        assert "Your account is ready" in alice.submit(letter.link).words
    down = process.output.count("mail server in trouble")
    alice.submit("/reset_password_request", email="alice")
    wait_for(lambda: process.output.count("mail server in trouble") > down)
    with its_server(trial) as server:
        assert letter_to(server, "alice", RESET).link.startswith(f"{trial.base}/reset_password/")


def test_a_letter_whose_process_was_killed_after_the_answer_arrives_after_the_restart(trial: Trial) -> None:
    trial.start()
    alice = trial.register("alice")
    wait_for(lambda: put_back(trial))
    trial.kill()
    with its_server(trial) as server:
        trial.start()
        letter = letter_to(server, "alice", FINISH)
        assert "Your account is ready" in alice.submit(letter.link).words
        assert len(server.delivered) == 1


def test_a_letter_that_no_worker_ever_saw_arrives_when_one_starts(trial: Trial) -> None:
    trial.prepare("db upgrade")
    trial.start("web")
    trial.register("alice")
    trial.kill()
    with its_server(trial) as server:
        trial.start("worker")
        letter_to(server, "alice", FINISH)


class ServerThatWaits(SmtpServer):
    """Keeps a letter, and says so only when it is let go."""

    def __init__(self, port: int) -> None:
        super().__init__(port=port)
        self.let_go = threading.Event()

    def take(self, envelope: object) -> None:
        super().take(envelope)  # type: ignore[arg-type]
        self.let_go.wait(30)


def test_a_process_killed_before_the_server_said_250_repeats_the_letter_once_under_the_same_id(trial: Trial) -> None:
    server = ServerThatWaits(int(trial.environ["MAIL_PORT"]))
    server.start()
    trial.start()
    trial.register("alice")
    server.wait_for(1)
    trial.kill()
    server.let_go.set()
    trial.start()
    server.wait_for(2, LEASE)
    wait_for(lambda: [(row.state, row.tries) for row in trial.outbox()] == [("sent", 2)])
    ids = [letter.message["Message-ID"] for letter in server.delivered]
    server.stop()
    assert len(ids) == 2
    assert set(ids) == {row.message_id for row in trial.outbox()}


def test_fifty_letters_asked_for_at_once_while_the_mail_server_is_down_all_arrive_once(trial: Trial) -> None:
    trial.start()
    names = [f"member{number}" for number in range(50)]
    with ThreadPoolExecutor(10) as crowd:
        list(crowd.map(trial.register, names))
    assert len(trial.outbox()) == 50
    with its_server(trial) as server:
        server.wait_for(50, LEASE)
        wait_for(lambda: {row.state for row in trial.outbox()} == {"sent"})
        assert sorted(one.recipient for one in server.delivered) == sorted(f"{name}@example.com" for name in names)


def test_pages_are_answered_while_the_mail_server_takes_connections_and_says_nothing(trial: Trial) -> None:
    with socket.create_server(("127.0.0.1", int(trial.environ["MAIL_PORT"]))) as silent:
        trial.environ["MAIL_TIMEOUT"] = "600"  # whoever waits for it does not come back within this test
        trial.start()
        trial.register("alice")
        connection, _ = silent.accept()  # the worker is in it, waiting for a greeting
        with connection:
            asked = trial.visitor().submit("/reset_password_request", email="alice@example.com")
            assert asked.path == "/check-email"
            assert trial.register("bob").get("/healthz").status == 200
            assert [row.kind for row in trial.outbox()] == ["sign_up", "reset_password", "sign_up"]

"""Starting and stopping: what the commands say, how they end, and that nothing is lost between two starts."""

import fcntl
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from journeys.trial import FINISH, Trial, letter_to, wait_for
from support.postgres import Postgres
from support.running import COMMAND, PASSWORD, free_port, start
from support.smtp_server import SmtpServer

POSTING_WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE '%outbox%'"


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A site of its own, with the local mailbox."""
    with Trial(tmp_path) as made:
        yield made


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_every_command_that_stays_ends_with_status_0_when_asked_to(trial: Trial, number: signal.Signals) -> None:
    trial.prepare("db upgrade")
    started = [trial.start("web"), trial.start("worker")]
    trial.port = free_port()
    trial.environ["PUBLIC_URL"] = trial.base = f"http://localhost:{trial.port}"
    started.append(trial.start("run"))
    for process in started:
        process.process.send_signal(number)
    assert [process.process.wait(20) for process in started] == [0, 0, 0]
    assert "Traceback" not in trial.output


@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_it_can_be_stopped_before_its_words_have_reached_anybody(trial: Trial, command: str) -> None:
    trial.prepare("db upgrade")
    heard, said = os.pipe()
    os.write(said, b"x" * fcntl.fcntl(said, fcntl.F_SETPIPE_SZ, 4096))  # full: who has something to say has to wait
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **trial.environ}
    with os.fdopen(heard, "rb") as ear, subprocess.Popen([COMMAND, command], env=environ, stdout=said) as process:
        os.close(said)
        try:
            wait_for(lambda: catches(process.pid, signal.SIGTERM))
            process.send_signal(signal.SIGTERM)
            ear.read()
            assert process.wait(20) == 0
        finally:
            process.kill()


def catches(pid: int, number: signal.Signals) -> bool:
    """Tell whether a process has a handler for a signal (proc(5), SigCgt)."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (number - 1) & 1)


def test_a_second_start_keeps_the_key_the_members_and_their_logins(trial: Trial, smtp_server: SmtpServer) -> None:
    trial.mail_to(smtp_server.port)
    first = trial.start()
    alice = trial.sign_up("alice", smtp_server)
    alice.sign_in("alice", PASSWORD, remember_me="y")
    key = (trial.folder / "data" / "secret_key").read_bytes()
    assert (trial.folder / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert first.stop() == 0
    trial.start()
    assert alice.signed_in_as() == "alice"
    assert (trial.folder / "data" / "secret_key").read_bytes() == key


@pytest.mark.parametrize("command", ["run", "worker"])
def test_sigterm_lets_the_letter_in_hand_be_sent_and_marked_and_gives_back_the_rest(
    trial: Trial, smtp_server: SmtpServer, command: str
) -> None:
    trial.mail_to(smtp_server.port, MAIL_TIMEOUT="10")
    trial.prepare("db upgrade")
    web = trial.start("web")
    trial.register("alice")
    trial.register("bob")
    assert web.stop() == 0
    smtp_server.script.seconds = 2
    process = trial.start(command)
    wait_for(lambda: "data" in smtp_server.commands)
    assert process.stop(seconds=10) == 0  # the mail timeout
    assert [letter.recipient for letter in smtp_server.delivered] == ["alice@example.com"]
    assert [(row.state, row.tries) for row in trial.outbox()] == [("sent", 1), ("waiting", 0)]
    smtp_server.script.seconds = 0
    trial.start()
    letter_to(smtp_server, "bob", FINISH)
    assert len(smtp_server.delivered) == 2


def test_sigterm_lets_the_request_in_hand_be_answered(trial: Trial, postgres: Postgres) -> None:
    with postgres.fresh() as url:
        trial.environ["DATABASE_URL"] = url
        process = trial.start()
        visitor = trial.visitor()
        page = visitor.get("/reset_password_request")
        fields = {"csrf_token": visitor.token_in(page), "email": "alice@example.com"}
        with (
            ThreadPoolExecutor(1) as other,
            closing(psycopg.connect(plain(url))) as lock,
            closing(psycopg.connect(plain(url), autocommit=True)) as watch,
        ):
            lock.execute("LOCK TABLE outbox IN SHARE MODE")
            answer = other.submit(visitor.post, "/reset_password_request", fields, follow=False)
            wait_for(lambda: watch.execute(POSTING_WAITS).fetchall())
            process.process.send_signal(signal.SIGTERM)
            lock.rollback()
            assert answer.result(20).status == 303
        assert process.process.wait(20) == 0
        assert [row.kind for row in trial.outbox()] == ["reset_password"]


def plain(url: str) -> str:
    """Write a database's URL as psycopg wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_second_site_on_the_same_port_says_so_and_ends(trial: Trial) -> None:
    first = trial.start()
    for command in ("run", "web"):
        second = trial.command(command)
        assert second.status == 1
        assert f"127.0.0.1:{trial.port} cannot be listened on (Address already in use)" in second.output
        assert "--port" in second.output
        assert "is running" not in second.output
        assert "Traceback" not in second.output
    assert trial.visitor().get("/login").status == 200
    assert first.process.poll() is None


def test_the_start_of_a_trial_names_site_mailbox_and_database(trial: Trial) -> None:
    process = trial.start()
    wait_for(lambda: "Stop with Ctrl-C." in process.output)
    assert process.output.splitlines()[:5] == [
        "Microblog is running, in demo mode on this computer.",
        f"  Site      {trial.base}",
        f"  Mailbox   {trial.base}/mailbox (emails stay on this computer)",
        f"  Database  SQLite, {trial.folder}/data/microblog.db",
        "Stop with Ctrl-C.",
    ]
    assert trial.visitor().get("/mailbox").status == 200


def test_the_start_of_a_real_site_names_its_address_its_mail_server_and_no_secret(
    trial: Trial, postgres: Postgres
) -> None:
    with postgres.fresh() as url:
        key = secrets.token_urlsafe(32)
        settings = {"PUBLIC_URL": "https://blog.example", "SECRET_KEY": key, "DATABASE_URL": url}
        trial.environ |= {
            **settings,
            "MAIL_USE_TLS": "yes",
            "MAIL_USERNAME": "u@blog.example",
            "MAIL_PASSWORD": "pw pw pw",
        }
        trial.mail_to(free_port(), ADMINS="admin@blog.example", TRUSTED_PROXIES="1")
        process = start("run", trial.folder / "run.log", trial.environ, "--port", str(trial.port))
        trial.processes.append(process)
        wait_for(lambda: "Stop with Ctrl-C." in process.output)
        assert process.output.splitlines()[:6] == [
            "Microblog is running.",
            "  Site      https://blog.example",
            f"  Listens   127.0.0.1:{trial.port}, for the proxy that does TLS",
            f"  Mail      by 127.0.0.1:{trial.environ['MAIL_PORT']} (STARTTLS), from admin@blog.example",
            "  Database  PostgreSQL",
            "Stop with Ctrl-C.",
        ]
        assert process.stop() == 0
        assert all(secret not in process.output for secret in (key, "pw pw pw", url))

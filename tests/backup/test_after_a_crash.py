"""A real site, killed as by a power cut, and restored from the backup that was made while it ran."""

import json
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from journeys.trial import RESET, Trial, letter_to, wait_for
from microblog.cli.demo.people import PEOPLE
from microblog.db import Lock
from support.away import connected
from support.postgres import Postgres
from support.running import NEW_PASSWORD, PASSWORD, start
from support.smtp_server import SmtpServer
from support.visitor import Visitor


@pytest.fixture
def trial(tmp_path: Path, smtp_server: SmtpServer, database_url: str) -> Iterator[Trial]:
    with Trial(tmp_path, DATABASE_URL=database_url).mail_to(smtp_server.port) as made:
        yield made


def held_emails(visitor: Visitor) -> int:
    held = json.loads(visitor.get("/healthz").text).get("held_emails", 0)
    return int(held)


def post(visitor: Visitor, words: str) -> None:
    assert words in visitor.submit("/index", post=words).words


def log_of(trial: Trial) -> Path | None:
    """Return SQLite's write-ahead log, None on PostgreSQL."""
    url = trial.environ["DATABASE_URL"]
    return Path(url.removeprefix("sqlite:///") + "-wal") if url.startswith("sqlite") else None


def ask_while_the_mail_server_is_away(trial: Trial, smtp_server: SmtpServer, visitor: Visitor) -> None:
    """Let a reset email wait, the mail server having been stopped."""
    smtp_server.stop()
    visitor.submit("/reset_password_request", email="bob")
    wait_for(lambda: any(row.state == "waiting" and row.reply for row in trial.outbox()))


def test_everything_is_as_in_the_backup_and_the_past_stays_ended(trial: Trial, smtp_server: SmtpServer) -> None:
    process = trial.start()
    alice = trial.sign_up("alice", smtp_server)
    trial.sign_up("bob", smtp_server)
    alice.sign_in("alice", PASSWORD)
    post(alice, "Before the backup")
    alice.submit("/reset_password_request", email="alice")
    kept_link = letter_to(smtp_server, "alice", RESET).link
    ask_while_the_mail_server_is_away(trial, smtp_server, trial.visitor())
    backup = trial.command("backup copy.db")
    assert (backup.status, "1 waiting email" in backup.output) == (0, True), backup.output
    post(alice, "After the backup")

    refused = trial.command("restore copy.db --yes")
    assert (refused.status, "Stop everything that uses it" in refused.output) == (1, True), refused.output
    process.kill()
    log = log_of(trial)
    assert log is None or log.stat().st_size > 0, "the crash left a write-ahead log"
    done = trial.command("restore copy.db --yes")
    assert done.status == 0, done.output
    assert "Emails held: 1" in done.output
    assert "bob@example.com" in done.output
    assert log is None or not log.exists()
    check_integrity(trial)

    with up_again(smtp_server) as server:
        trial.start()
        stays_ended(trial, alice, kept_link)
        assert held_emails(alice) == 1
        assert "held since this site was restored" in trial.command("trace bob").output
        assert server.delivered == []
        assert "Due now: 1 email" in trial.command("mail release --all").output
        link = letter_to(server, "bob", RESET).link
        assert held_emails(alice) == 0
        changed = trial.visitor().submit(link, password=NEW_PASSWORD, password2=NEW_PASSWORD)
        assert "Your password has been reset." in changed.words


@contextmanager
def up_again(before: SmtpServer) -> Iterator[SmtpServer]:
    """Bring the mail server up, at the port it had before."""
    server = SmtpServer(port=before.port).start()
    try:
        yield server
    finally:
        server.stop()


def check_integrity(trial: Trial) -> None:
    """Have SQLite check the restored file."""
    if log := log_of(trial):
        with closing(sqlite3.connect(str(log).removesuffix("-wal"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def stays_ended(trial: Trial, alice: Visitor, kept_link: str) -> None:
    """The session and the link of before open nothing; the password does, to what the backup holds."""
    assert alice.signed_in_as() is None
    dead = trial.visitor().get(kept_link)
    assert dead.status in (400, 410), dead.words
    alice.sign_in("alice", PASSWORD)
    page = alice.get("/index").words
    assert ("Before the backup" in page, "After the backup" in page) == (True, False)


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_database_that_a_process_uses_is_not_replaced(trial: Trial, command: str) -> None:
    trial.prepare("db upgrade")
    trial.prepare(f"backup {trial.folder}/copy.db")
    process = trial.start(command)
    assert trial.command("restore copy.db --yes").status == 1
    assert process.stop() == 0
    assert trial.command("restore copy.db --yes").status == 0


def test_nor_is_one_that_somebody_has_a_prompt_on(trial: Trial) -> None:
    trial.prepare("db upgrade")
    trial.prepare(f"backup {trial.folder}/copy.db")
    with trial.opened_shell("print(40 + 2)\n", "42"):
        assert trial.command("restore copy.db --yes").status == 1


def test_a_restore_that_is_killed_leaves_the_one_database_or_the_other(tmp_path: Path) -> None:
    """At whatever moment. The next restore tidies up after it."""
    with Trial(tmp_path) as trial:
        trial.prepare("demo")
        trial.prepare(f"backup {trial.folder}/with-people.db")
        data = tmp_path / "data"
        for path in data.glob("microblog.db*"):
            path.unlink()
        trial.prepare("db upgrade")
        trial.prepare(f"backup {trial.folder}/empty.db")
        found = Counter[int]()
        for number in range(5):
            file = "with-people.db" if number % 2 else "empty.db"
            process = start("restore", tmp_path / "restore.log", trial.environ, str(tmp_path / file), "--yes")
            with suppress(subprocess.TimeoutExpired):
                process.process.wait(0.6 + 0.2 * number)
            process.kill()
            found[accounts_in(data / "microblog.db")] += 1
        assert set(found) <= {0, len(PEOPLE)}
        assert trial.command("restore with-people.db --yes").status == 0
        assert accounts_in(data / "microblog.db") == len(PEOPLE)
        assert not list(data.glob(".microblog-restore-*"))


def accounts_in(file: Path) -> int:
    """Check a database, and count its accounts."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        number: int = connection.execute("SELECT count(*) FROM accounts").fetchone()[0]
        return number


def test_a_worker_that_lost_its_lock_stops_while_the_database_is_restored(tmp_path: Path, postgres: Postgres) -> None:
    """Its connection was cut, as by a restart of PostgreSQL, and a restore began before it was back."""
    with postgres.fresh() as url, Trial(tmp_path, DATABASE_URL=url) as trial:
        process = trial.start("worker")
        with connected(url) as other:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            number = [Lock.IN_USE.value]
            while not other.execute("SELECT pg_try_advisory_lock(%s, 0)", number).fetchone()[0]:  # type: ignore[index]
                other.execute(cut, number)
            assert process.process.wait(60) == 0
        assert "is being restored from a backup, so this process stops" in process.output

"""The commands that end by themselves: help, the database, the shell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.trial import FINISH, Trial, letter_to, wait_for
from microblog import __version__
from support.postgres import Postgres
from support.smtp_server import SmtpServer

COMMANDS = {
    "": ["run", "web", "worker", "db", "shell", "always get back in"],
    "run": ["--host", "--port", "all in one"],
    "web": ["--host", "--port", "The site alone", "microblog worker"],
    "worker": ["Deliver letters"],
    "db": ["upgrade", "revise"],
    "db upgrade": ["Bring the database up to date"],
    "db revise": ["WORDS"],
    "sign-out": ["USER", "every login"],
    "deactivate": ["USER", "Keep everybody out"],
    "reactivate": ["USER", "work again"],
    "remove-backup-email": ["USER", "Remove the backup email"],
    "end-recovery-codes": ["USER", "End all recovery codes"],
    "set-email": ["USER", "ADDRESS", "Nobody confirms it"],
    "shell": ["Python prompt"],
    "demo": ["--port", "--add", "--data"],
    "mail": ["doctor", "test", "preview", "list", "show", "retry", "drop"],
}


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A site of its own, not started."""
    with Trial(tmp_path) as made:
        yield made


def test_every_command_explains_itself_even_where_settings_are_bad(trial: Trial) -> None:
    first, *others = [f"{command} --help" for command in COMMANDS]
    asked = trial.commands(first, *others, MAIL_PORT="none")
    for (command, words), ended in zip(COMMANDS.items(), asked, strict=True):
        assert ended.status == 0
        assert f"Usage: microblog {command}".strip() in ended.output
        assert all(word.lower() in ended.output.lower() for word in words), ended.output


def test_the_command_says_its_version(trial: Trial) -> None:
    assert __version__ in trial.command("--version").output


def test_the_demo_says_where_the_site_really_is(trial: Trial) -> None:
    trial.environ["PUBLIC_URL"] = ""
    process = trial.start(f"run --port {trial.port}")
    assert f"http://localhost:{trial.port}/mailbox" in process.output
    done = trial.command("demo")
    assert f"Sign in at {trial.base}/login" in done.output
    assert f"PUBLIC_URL={trial.base} microblog run" in done.output


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_is_brought_up_to_date_once_and_is_so_from_then_on(
    trial: Trial, postgres: Postgres, kind: str
) -> None:
    with postgres.fresh(empty=True) as url:
        if kind == "postgresql":
            trial.environ["DATABASE_URL"] = url
        first, second = trial.command("db upgrade"), trial.command("db upgrade")
        assert (first.status, second.status) == (0, 0)
        assert "Done: " in first.output
        assert second.output.splitlines()[1:] == ["The database is up to date."]
        assert second.output.startswith("Database: PostgreSQL" if kind == "postgresql" else "Database: SQLite, /")
        assert trial.outbox() == []


def test_the_shell_reads_and_writes_while_the_site_runs(trial: Trial, smtp_server: SmtpServer) -> None:
    trial.mail_to(smtp_server.port)
    trial.start()
    trial.sign_up("alice", smtp_server)
    ended = trial.command(
        "shell",
        "from sqlalchemy import select\n"
        "alice = session.scalars(select(Account)).one()\n"
        "print('found', alice.username, app.name, settings.trial)\n"
        "alice.username = 'Alice'\n"
        "session.commit()\n"
        "alice.username = 'Mallory'\n",
    )
    assert ended.status == 0
    assert "At hand: app, mail, Message, send_email, session, database, settings, Account," in ended.output
    assert "found alice microblog.web True" in ended.output
    assert "Traceback" not in ended.output
    again = trial.command(
        "shell", "print('now', *session.scalars(__import__('sqlalchemy').select(Account.username)))\n"
    )
    assert "now Alice" in again.output  # what was not committed is not kept


def test_a_shell_left_open_after_a_question_keeps_nobody_from_writing(trial: Trial, smtp_server: SmtpServer) -> None:
    trial.mail_to(smtp_server.port)
    trial.start()
    with trial.opened_shell("print('asked', session.query(Account).count())\n", "asked 0"):
        trial.register("bob")
        letter_to(smtp_server, "bob", FINISH)


def test_a_letter_that_was_refused_arrives_after_a_retry_beside_the_running_site(
    trial: Trial, smtp_server: SmtpServer
) -> None:
    trial.mail_to(smtp_server.port)
    smtp_server.script.rcpt = ["550 5.1.1 nobody here yet"]
    trial.start()
    trial.register("alice")
    wait_for(lambda: [letter.state for letter in trial.outbox()] == ["failed"])
    assert trial.command("mail retry 1").status == 0
    smtp_server.wait_for(1)
    wait_for(lambda: trial.outbox()[0].state == "sent")
    shown = trial.command("mail show 1").output
    assert "550 5.1.1 nobody here yet" in shown
    assert smtp_server.delivered[0].link not in shown

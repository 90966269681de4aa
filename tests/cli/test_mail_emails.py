"""`microblog mail list`, `show`, `retry` and `drop`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from microblog.db import Database
from microblog.mail import State
from support.commands import run_command
from support.outbox import email_in, put_email

FACT = "a fact nobody may see"
Run = Callable[[str], Result]


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Run:
    """Runs a command on the database of the test."""
    return lambda words: run_command(words, {"MICROBLOG_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url})


def test_letters_are_listed_newest_first_with_what_was_said_of_those_not_sent(run: Run, database: Database) -> None:
    put_email(database, State.FAILED, "450 later", "550 5.1.1 nobody", to="Bob@example.com")
    put_email(database, State.SENT, "250 OK", kind="sign_up")
    listed = run("mail list")
    assert (listed.exit_code, listed.stderr) == (0, "")
    lines = listed.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ID", "2", "1", "550"]
    assert lines[2].endswith("Bob@example.com")
    assert FACT not in listed.stdout


def test_letters_are_filtered_and_given_to_programs(run: Run, database: Database) -> None:
    for state in (State.SENT, State.FAILED, State.SENT, State.SENT):
        put_email(database, state, kind="sign_up")
    put_email(database, State.SENT, to="bob@example.com", kind="sign_up")
    put_email(database, State.SENT)
    found = run("mail list --state sent --kind sign_up --to ALICE@example.com --limit 2 --json")
    letters = json.loads(found.stdout)
    assert [(one["id"], one["state"], one["to"]) for one in letters] == [
        (4, "sent", "alice@example.com"),
        (3, "sent", "alice@example.com"),
    ]
    assert letters[0]["queued_at"] == "2026-11-22T12:00:00+00:00"
    assert FACT not in found.stdout
    assert json.loads(run("mail list --to nobody@example.com --json").stdout) == []
    assert run("mail list --to nobody@example.com").stdout == "There are no such letters.\n"


def test_a_rare_letter_is_listed_however_far_back(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microblog.mail.admin.queries.LOOK_BACK", 2)
    put_email(database, State.FAILED, "550 5.1.1 nobody")
    for _ in range(7):
        put_email(database, State.SENT)
    assert "550 5.1.1 nobody" in run("mail list --state failed").stdout


def test_a_letter_is_shown_with_every_try(run: Run, database: Database) -> None:
    put_email(database, State.FAILED, "450 later", "550 5.1.1 nobody")
    shown = run("mail show 1")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Email 1, reset_password, to alice@example.com\n")
    assert "450 later" in shown.stdout
    as_json = run("mail show 1 --json")
    assert [one["reply"] for one in json.loads(as_json.stdout)["all_tries"]] == ["450 later", "550 5.1.1 nobody"]
    assert FACT not in shown.stdout + as_json.stdout


def test_a_letter_that_is_not_there_is_told_in_words(run: Run) -> None:
    for words in ("show 0", "show 4711", f"show {10**30}", f"retry {2**63}", "drop 1"):
        ended = run(f"mail {words}")
        assert ended.exit_code == 1
        assert ended.stdout == ""
        assert "There is no email" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_letters_are_tried_again_and_dropped_and_each_says_how_it_went(run: Run, database: Database) -> None:
    failed, sent, waiting = (put_email(database, state) for state in (State.FAILED, State.SENT, State.WAITING))
    retried = run(f"mail retry {failed} {sent} {waiting}")
    assert retried.exit_code == 1
    assert [line[:24] for line in retried.stdout.splitlines()] == [f"{one}: This email is due now" for one in (1, 3)]
    assert any(line.startswith(f"{sent}: This email was sent.") for line in retried.stderr.splitlines())
    states = [email_in(database, number).state for number in (failed, sent, waiting)]
    assert states == ["waiting", "sent", "waiting"]
    assert run(f"mail drop {failed} {waiting}").exit_code == 0
    states = [email_in(database, number).state for number in (failed, sent, waiting)]
    assert states == ["dropped", "sent", "dropped"]


@pytest.mark.parametrize("words", ["list --state lost", "list --limit 0", "show", "show x", "retry", "drop 1 x"])
def test_what_makes_no_sense_is_refused_with_the_usage(words: str) -> None:
    ended = run_command(f"mail {words}", {})
    assert ended.exit_code == 2
    assert "Usage: " in ended.stderr


def test_held_emails_are_released_and_dropped_by_number_or_all(run: Run, database: Database) -> None:
    one, two, three, four = (put_email(database, State.HELD) for _ in range(4))
    waiting = put_email(database, State.WAITING)
    refused = run(f"mail release {waiting}")
    assert (refused.exit_code, "is not held" in refused.stderr) == (1, True)
    assert run(f"mail release {one}").exit_code == 0
    assert run(f"mail drop {two}").exit_code == 0
    assert [email_in(database, number).state for number in (one, two, three)] == ["waiting", "dropped", "held"]
    assert run("mail release --all").stdout == "Due now: 2 emails.\n"
    assert run("mail drop --held").stdout == "Dropped: 0 emails.\n"
    assert email_in(database, four).state == State.WAITING


@pytest.mark.parametrize("words", ["mail release", "mail drop", "mail release 1 --all", "mail drop 1 --held"])
def test_it_must_be_said_which_or_all(run: Run, words: str) -> None:
    refused = run(words)
    assert (refused.exit_code, "Give the numbers of emails, or --" in refused.output) == (2, True)

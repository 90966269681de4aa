"""A start that cannot be: one clear sentence that names what is wrong, the right exit status, and no traceback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.trial import Ended, Trial
from support.running import free_port


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A site of its own, not started."""
    with Trial(tmp_path) as made:
        yield made


def assert_refused(ended: Ended, status: int, *words: str) -> None:
    """Check how a command ended, and that it said why and no more."""
    assert ended.status == status, ended.output
    assert all(word in ended.output for word in words), ended.output
    assert "Traceback" not in ended.output
    assert "is running" not in ended.output


REAL = {"PUBLIC_URL": "https://blog.example", "MAIL_SERVER": "mail.example"}
BAD = {
    "two at once": ({"MAIL_USE_TLS": "perhaps", "MAIL_PORT": "99999"}, ["MAIL_USE_TLS: it is 'perhaps'", "MAIL_PORT"]),
    "a weak secret": ({**REAL, "SECRET_KEY": "tiny secret"}, ["SECRET_KEY: it has 11 bytes"]),
    "plain http in public": ({"PUBLIC_URL": "http://blog.example"}, ["PUBLIC_URL", "https"]),
}


@pytest.mark.parametrize(("settings", "words"), BAD.values(), ids=BAD)
def test_bad_settings_are_named_with_what_they_should_be(
    trial: Trial, settings: dict[str, str], words: list[str]
) -> None:
    ended = trial.command("run", **settings)
    assert_refused(ended, 2, "cannot start with these settings", "It should be", *words)
    assert "tiny secret" not in ended.output


def test_every_other_command_refuses_bad_settings_too(trial: Trial) -> None:
    for ended in trial.commands("web", "worker", "db upgrade", "shell", MAIL_TIMEOUT="soon"):
        assert_refused(ended, 2, "MAIL_TIMEOUT: it is 'soon'")


def test_a_trial_is_not_shown_to_others(trial: Trial) -> None:
    for ended in trial.commands("run --host 0.0.0.0", "web --host 0.0.0.0"):
        assert_refused(ended, 2, "--host 0.0.0.0", "PUBLIC_URL")


def test_web_and_worker_refuse_a_database_that_is_not_up_to_date(trial: Trial) -> None:
    for ended in trial.commands("web", "worker"):
        assert_refused(ended, 1, "The database is not up to date. Run `microblog db upgrade` once")


def test_a_database_that_nobody_serves_is_said_in_one_sentence(trial: Trial) -> None:
    url = f"postgresql://blog:the-database-password@127.0.0.1:{free_port()}/blog"
    for ended in trial.commands("run", "web", "worker", "db upgrade", DATABASE_URL=url):
        assert_refused(ended, 1, "DATABASE_URL: the database cannot be used", "Connection refused")
        assert "the-database-password" not in ended.output


def test_a_database_file_full_of_something_else_is_said_in_one_sentence_and_left_alone(trial: Trial) -> None:
    file = trial.folder / "notes.db"
    file.write_text("my notes, and no database " * 100)
    before = file.read_bytes()
    for ended in trial.commands("run", "web", "worker", "db upgrade", DATABASE_URL=f"sqlite:///{file}"):
        assert_refused(ended, 1, "DATABASE_URL: the database cannot be used: file is not a database")
        assert len(ended.output.splitlines()) == 1
    assert file.read_bytes() == before


def test_a_data_folder_that_cannot_be_written_to_is_named(trial: Trial) -> None:
    file = trial.folder / "file"
    file.touch()
    for folder in (file / "data", Path("/proc")):
        assert_refused(
            trial.command("run", MICROBLOG_DATA=str(folder)), 2, f"MICROBLOG_DATA: '{folder}' cannot be used"
        )


def test_a_trial_key_that_was_damaged_is_named(trial: Trial) -> None:
    (trial.folder / "data").mkdir()
    (trial.folder / "data" / "secret_key").write_text("short")
    assert_refused(trial.command("run"), 2, "SECRET_KEY: the file", "is damaged")


def test_a_setting_that_is_none_is_pointed_out(trial: Trial) -> None:
    ended = trial.command("db upgrade", MAIL_USE_TSL="yes")
    assert ended.status == 0
    assert "MAIL_USE_TSL is not a setting. Did you mean MAIL_USE_TLS?" in ended.output

"""`microblog backup`: the whole database in one file, while the site runs."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import Result
from sqlalchemy import select

from backup.anything import fill
from microblog.backup import BackupRefused, read_contents, take_backup
from microblog.db import Database
from microblog.mail import post_message
from microblog.posts import Post
from support.clock import NOON
from support.community import add_member, say
from support.dump import dump
from support.outbox import put_email
from support.refusing import refused

Run = Callable[..., Result]
BUSY_FOR = 40  # posts that somebody writes while backups are made


def test_a_backup_says_what_it_holds_and_only_its_owner_can_read_it(
    run: Run, database: Database, tmp_path: Path
) -> None:
    alice = add_member(database, "Alice")
    say(database, alice)
    put_email(database)
    file = tmp_path / "copy.db"
    done = run(f"backup {file}")
    assert (done.exit_code, done.stdout) == (
        0,
        f"Backed up to {file}, and checked: 1 member, 1 post, 1 waiting email.\n",
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    contents = read_contents(file)
    assert (contents.members, contents.made_from) == (1, "PostgreSQL" if database.is_postgresql else "SQLite")
    assert [path.name for path in tmp_path.glob("*copy.db*")] == ["copy.db"], "one file, and nothing beside it"


def test_every_row_of_every_table_is_in_it(
    database: Database, tmp_path: Path, opened: Callable[[str], Database]
) -> None:
    fill(database)
    take_backup(database, tmp_path / "copy.db", NOON)
    assert dump(opened(f"sqlite:///{tmp_path}/copy.db")) == dump(database)


def test_a_file_that_is_there_is_replaced_only_when_that_is_asked_for(
    run: Run, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    file.write_text("something else")
    refused = run(f"backup {file}")
    assert (refused.exit_code, refused.stderr) == (1, f"{file} exists already. Give another name, or --overwrite.\n")
    assert file.read_text() == "something else"
    add_member(database, "Alice")
    assert run(f"backup {file} --overwrite").exit_code == 0
    assert read_contents(file).members == 1


def test_what_cannot_be_written_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    for where, words in ((tmp_path, "is a folder"), (tmp_path / "nowhere" / "copy.db", "No such file or directory")):
        refused = run(f"backup {where}")
        assert (refused.exit_code, words in refused.stderr) == (1, True), refused.output


def test_a_backup_made_while_somebody_writes_is_of_one_moment(database: Database, tmp_path: Path) -> None:
    """Each transaction writes a post and an email. No backup holds one without the other."""
    alice, stop = add_member(database, "Alice"), threading.Event()

    def write() -> None:
        for number in range(BUSY_FOR * 100):
            if stop.is_set():
                return
            with database.writing() as session:
                session.add(Post(author_id=alice, text="x", created_at=NOON, once=str(number)))
                message: dict[str, Any] = {"subject": "x", "sender": None, "text": "x", "html": "", "now": NOON}
                post_message(session, recipients=["a@example.com"], **message)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    found = [take_backup(database, tmp_path / f"{number}.db", NOON) for number in range(5)]
    stop.set()
    writer.join(30)
    assert [one.posts for one in found] == [one.waiting for one in found]
    assert found[-1].posts > found[0].posts, "somebody did write meanwhile"


def test_a_damaged_database_gives_no_backup(tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "microblog.db"
    content = bytearray(sqlite_template.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)
    database = Database(f"sqlite:///{file}")
    with (
        closing(database),
        refused(BackupRefused, r"^The (database is damaged|backup could not be made: .*malformed)"),
    ):
        take_backup(database, tmp_path / "copy.db", NOON)
    assert not list(tmp_path.glob("*copy*"))


def test_where_there_is_no_database_yet_there_is_no_backup(run: Run, tmp_path: Path) -> None:
    refused = run(f"backup {tmp_path}/copy.db", url=f"sqlite:///{tmp_path}/nothing.db")
    assert (refused.exit_code, "There is no database" in refused.stderr) == (1, True)


def test_the_write_ahead_log_is_part_of_a_backup_and_the_site_goes_on(database: Database, tmp_path: Path) -> None:
    alice = add_member(database, "Alice")
    take_backup(database, tmp_path / "copy.db", NOON)
    say(database, alice)
    with database.reading() as session:
        assert len(session.scalars(select(Post)).all()) == 1
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        assert copied.execute("PRAGMA journal_mode").fetchone() == ("delete",)

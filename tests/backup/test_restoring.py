"""`microblog restore`: a backup takes the place of the database, and the past stays ended."""

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select, text

from backup.anything import ODD, fill
from microblog import schema
from microblog.auth.models import SignInSession
from microblog.backup import BackupRefused, exclusive_use, in_use, restore, take_backup
from microblog.db import Database
from microblog.digests.models import Digest
from microblog.identity import Account
from microblog.mail import Email, State
from microblog.mail.outbox import WorkerSeen
from microblog.posts import Post
from microblog.restores import Restore, current_generation
from support.clock import NOON
from support.community import add_member, say
from support.dump import changed, dump
from support.outbox import put_email
from support.refusing import refused

Run = Callable[..., Result]
Open = Callable[[str], Database]
TOUCHED = {"sessions", "outbox", "digests", "workers", "restores"}
"""The tables that a restore changes; every other is as it was."""


def kept(database: Database) -> dict[str, list[str]]:
    return {name: rows for name, rows in dump(database).items() if name not in TOUCHED}


def back_up(database: Database, folder: Path) -> Path:
    take_backup(database, folder / "copy.db", NOON)
    database.close()
    return folder / "copy.db"


def test_a_backup_of_either_database_is_restored_to_either_row_by_row(
    run: Run, database: Database, target_url: str, tmp_path: Path, opened: Open
) -> None:
    fill(database)
    file = back_up(database, tmp_path)
    done = run(f"restore {file} --yes", url=target_url)
    assert done.exit_code == 0, done.output
    assert "Restored. Sessions ended: 2." in done.stdout
    assert ODD in str(dump(opened(target_url))) or kept(database)
    assert kept(opened(target_url)) == kept(database)


def test_what_came_after_the_backup_is_gone_and_the_former_database_is_kept(
    run: Run, database: Database, database_url: str, tmp_path: Path, opened: Open
) -> None:
    alice = add_member(database, "Alice")
    say(database, alice, "Before")
    file = back_up(database, tmp_path)
    say(database, alice, "After")
    database.close()
    done = run(f"restore {file} --yes")
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert session.scalars(select(Post.text)).all() == ["Before"]
    former = Path(done.stdout.partition("kept at ")[2].partition(". Delete")[0])
    assert stat.S_IMODE(former.stat().st_mode) == 0o600
    with opened(f"sqlite:///{former}").reading() as session:
        assert session.scalars(select(Post.text).order_by(Post.id)).all() == ["Before", "After"]


def test_what_was_kept_in_the_same_second_is_not_overwritten(database: Database, tmp_path: Path, opened: Open) -> None:
    add_member(database, "Alice")
    file, names = back_up(database, tmp_path), []
    for name in ("Bob", "Carol", "Dave"):
        add_member(database, name)
        database.close()
        with exclusive_use(database):
            former = restore(file, database, NOON).former
        names.append((former, name))
    assert len({former for former, _ in names}) == len(names)
    for former, name in names:
        with opened(f"sqlite:///{former}").reading() as session:
            assert session.scalars(select(Account.username).order_by(Account.id)).all() == ["Alice", name]


def test_it_asks_first(database: Database, run: Run, tmp_path: Path) -> None:
    add_member(database, "Alice")
    file = back_up(database, tmp_path)
    add_member(database, "Bob")
    database.close()
    asked = run(f"restore {file}")
    assert (asked.exit_code, "1 member" in asked.stdout, "Replace the database" in asked.stdout) == (1, True, True)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 2


def test_sessions_end_emails_are_held_and_a_new_generation_of_keys_begins(
    run: Run, database: Database, tmp_path: Path
) -> None:
    fill(database)
    with database.writing() as session:
        for letter, state in zip(session.scalars(select(Email)).all(), (State.WAITING, State.SENDING), strict=True):
            letter.state, letter.ended_at = state, None
    sent = put_email(database, State.SENT, "250 OK")
    before = current_generation(database)
    file = back_up(database, tmp_path)
    done = run(f"restore {file} --yes")
    assert "Emails held: 2." in done.stdout
    for words in ("held", "microblog mail release", "microblog mail drop"):
        assert words in done.stdout
    with database.reading() as session:
        states = dict(session.execute(select(Email.id, Email.state)).all())
        assert states == {1: State.HELD, 2: State.HELD, sent: State.SENT}
        assert {letter.lease for letter in session.scalars(select(Email)) if letter.id != sent} == {None}
        assert not session.scalars(select(SignInSession)).all()
        assert not session.scalars(select(WorkerSeen)).all()
        assert session.scalars(select(Restore).order_by(Restore.id.desc())).first().backup_made_at == NOON  # type: ignore[union-attr]
    first = current_generation(database)
    database.close()
    again = run(f"restore {file} --yes")
    assert again.exit_code == 0, again.output
    assert len({before, first, current_generation(database)}) == 3


def test_no_number_from_after_the_backup_is_given_out_again(run: Run, database: Database, tmp_path: Path) -> None:
    add_member(database, "Alice")
    file = back_up(database, tmp_path)
    lost = [add_member(database, name) for name in ("Bob", "Carol")]
    first_post = say(database, lost[0])
    database.close()
    assert run(f"restore {file} --yes").exit_code == 0
    assert add_member(database, "Dave") > max(lost)
    assert say(database, add_member(database, "Erin")) > first_post


def test_a_weekly_email_that_may_have_been_sent_is_not_sent_again(database: Database, tmp_path: Path, run: Run) -> None:
    alice = add_member(database, "Alice")
    with database.writing() as session:
        session.add(Digest(account_id=alice, due_at=NOON - timedelta(days=10_000)))
    file = back_up(database, tmp_path)
    assert run(f"restore {file} --yes").exit_code == 0
    with database.reading() as session:
        now = session.scalars(select(Restore.restored_at)).one()
        assert session.scalars(select(Digest.due_at)).one() > now


@pytest.mark.parametrize("words", ["mail list", "db upgrade", "backup {folder}/another.db"])
def test_nothing_can_use_a_database_that_is_being_restored(
    run: Run, database: Database, tmp_path: Path, words: str
) -> None:
    with exclusive_use(database):
        refused = run(words.format(folder=tmp_path))
    database.close()
    assert (refused.exit_code, "is being restored from a backup" in refused.stderr) == (1, True), refused.output
    assert run(words.format(folder=tmp_path)).exit_code == 0


def test_a_database_that_anything_uses_is_not_replaced(
    run: Run, database: Database, database_url: str, tmp_path: Path, opened: Open
) -> None:
    alice = add_member(database, "Alice")
    file = back_up(database, tmp_path)
    say(database, alice)
    database.close()
    another = opened(database_url)
    with in_use(another):
        refused = run(f"restore {file} --yes")
    assert (refused.exit_code, "Stop everything that uses it" in refused.stderr) == (1, True), refused.output
    another.close()
    with database.reading() as session:
        assert len(session.scalars(select(Post)).all()) == 1
    database.close()
    assert run(f"restore {file} --yes").exit_code == 0


def test_nor_is_one_that_a_program_of_another_kind_has_open(
    run: Run, database: Database, database_url: str, tmp_path: Path, opened: Open
) -> None:
    """Such as `sqlite3` or a script: it holds no lock of ours."""
    file = back_up(database, tmp_path)
    with opened(database_url).engine.connect() as other:
        other.execute(text("SELECT count(*) FROM accounts")).scalar_one()
        refused = run(f"restore {file} --yes")
    assert (refused.exit_code, "Stop everything that uses it" in refused.stderr) == (1, True), refused.output


def damaged(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20_000])


def another_database(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def nothing(file: Path) -> None:
    file.unlink()


def no_database(file: Path) -> None:
    file.write_text("Dear diary" * 1000)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged, "damaged"),
        (cut_short, "damaged"),
        (another_database, "was not made by `microblog backup`"),
        (newer, "made by a newer version"),
        (nothing, "There is no file"),
        (no_database, "damaged, or not one of Microblog"),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(
    run: Run, database: Database, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    add_member(database, "Alice")
    file = back_up(database, tmp_path)
    spoil(file)
    before = dump(database)
    database.close()
    refused = run(f"restore {file} --yes")
    assert (refused.exit_code, words in refused.stderr) == (1, True), refused.output
    assert "Nothing was changed" in refused.stderr
    assert changed(before, dump(database)) == {}
    assert not list(tmp_path.glob("*before-restore*"))


def test_a_database_that_cannot_be_opened_is_replaced_and_kept_as_it_is(tmp_path: Path, sqlite_template: Path) -> None:
    file, broken = tmp_path / "copy.db", tmp_path / "data" / "microblog.db"
    broken.parent.mkdir()
    with closing(Database(f"sqlite:///{sqlite_template}")) as healthy:
        take_backup(healthy, file, NOON)
    broken.write_bytes(b"this is no database" * 1000)
    wal = broken.with_name("microblog.db-wal")
    wal.write_bytes(b"nor is this a log")
    with closing(Database(f"sqlite:///{broken}")) as database:
        with exclusive_use(database):
            done = restore(file, database, NOON)
        assert schema.is_current(database)
    assert done.former
    assert done.former.read_bytes().startswith(b"this is no database")
    assert done.former.with_name(done.former.name + "-wal").read_bytes() == b"nor is this a log"


def test_a_restore_to_a_place_without_a_database_makes_one(database: Database, tmp_path: Path, run: Run) -> None:
    add_member(database, "Alice")
    file = back_up(database, tmp_path)
    (tmp_path / "new").mkdir()
    url = f"sqlite:///{tmp_path}/new/microblog.db"
    done = run(f"restore {file} --yes", url=url)
    assert (done.exit_code, "former" in done.stdout) == (0, False), done.output
    with closing(Database(url)) as made, made.reading() as session:
        assert session.scalars(select(Account.username)).all() == ["Alice"]
    assert stat.S_IMODE((tmp_path / "new" / "microblog.db").stat().st_mode) == 0o600


def test_a_backup_is_not_a_refusal_of_itself(database: Database, tmp_path: Path, opened: Open) -> None:
    """The file of a backup is left as it is: it can be restored again and again."""
    add_member(database, "Alice")
    file = back_up(database, tmp_path)
    before = file.read_bytes()
    with exclusive_use(database):
        restore(file, database, NOON)
    assert file.read_bytes() == before
    with refused(BackupRefused, "not made by"):
        take_and_restore_live(database, tmp_path, opened)


def take_and_restore_live(database: Database, folder: Path, opened: Open) -> None:
    """Give `restore` a live database in place of a backup."""
    live = folder / "live.db"
    with closing(opened(f"sqlite:///{live}")) as made:
        schema.upgrade(made)
    with exclusive_use(database):
        restore(live, database, NOON)


def test_a_folder_that_is_not_there_is_named(database: Database, tmp_path: Path, run: Run) -> None:
    file = back_up(database, tmp_path)
    refused = run(f"restore {file} --yes", url=f"sqlite:///{tmp_path}/nowhere/microblog.db")
    assert (refused.exit_code, "nowhere" in refused.stderr) == (1, True), refused.output
    assert "No such file or directory. Nothing was changed." in refused.stderr

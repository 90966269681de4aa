"""`microblog demo`: an empty trial gets people in it, anything else is left alone."""

import re
from pathlib import Path
from secrets import token_urlsafe

import pytest
from sqlalchemy import func, select

from microblog.auth import verify_password
from microblog.cli.demo import SAID
from microblog.cli.demo.people import PEOPLE
from microblog.db import Database
from microblog.follows import FollowCount
from microblog.identity import Account
from microblog.mail import Email
from microblog.posts import Mention, Post, PostTag, entities
from support.command import command
from support.community import add_member


@pytest.fixture
def trial(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {"MICROBLOG_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url}


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_empty_trial_gets_people_who_follow_each_other_and_talk(trial: dict[str, str], database: Database) -> None:
    done = command("demo", trial)
    assert done.status == 0, done.output
    assert count(database, Account) == len(PEOPLE) == 12
    assert count(database, Post) == len(SAID) >= 75
    assert min(count(database, PostTag), count(database, Mention)) > 20
    assert count(database, Email) == 0
    with database.reading() as session:
        assert min(session.scalars(select(FollowCount.following))) >= 3
        times = list(session.scalars(select(Post.created_at).order_by(Post.id)))
    assert times == sorted(times)
    assert (times[-1] - times[0]).days >= 30


def test_it_says_how_to_sign_in_as_one_of_them_and_as_nobody_else(trial: dict[str, str], database: Database) -> None:
    done = command("demo", trial)
    told = dict(re.findall(r"^  (Username|Password): (.+)$", done.output, re.MULTILINE))
    assert len(told["Password"].split()) == 5
    assert "http://localhost:5000/login" in done.output
    with database.reading() as session:
        kept = {account.username: account.password_hash for account in session.scalars(select(Account))}
    assert [name for name, one in kept.items() if verify_password(one, told["Password"])] == [told["Username"]]


def test_a_password_is_another_each_time(tmp_path: Path) -> None:
    shown = [command("demo", {"MICROBLOG_DATA": str(tmp_path / name)}).output for name in "ab"]
    assert shown[0].split("Password:")[1] != shown[1].split("Password:")[1]


def test_a_site_with_a_member_is_left_alone_and_it_is_said_what_to_do(
    trial: dict[str, str], database: Database
) -> None:
    add_member(database, "alice")
    done = command("demo", trial)
    assert (done.status, count(database, Account), count(database, Post)) == (1, 1, 0)
    assert "This site already has members, so nothing was changed." in done.output
    assert "microblog demo --add " in done.output
    assert "microblog demo --data FOLDER " in done.output


def test_it_fills_a_site_beside_its_members_when_asked_to(trial: dict[str, str], database: Database) -> None:
    alice = add_member(database, "alice")
    done = command("demo --add", trial)
    assert (done.status, count(database, Account), count(database, Post)) == (0, 13, len(SAID))
    assert "Username: marta" in done.output
    assert count(database, Email) == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mention).where(Mention.account_id == alice)) == 0


def test_nothing_is_added_where_somebody_has_a_name_or_an_address_of_the_demo(
    trial: dict[str, str], database: Database
) -> None:
    add_member(database, "marta")
    number = add_member(database, "somebody")
    with database.writing() as session:
        session.get_one(Account, number).email_key = "tomas@example.com"
    done = command("demo --add", trial)
    assert (done.status, count(database, Account), count(database, Post)) == (1, 2, 0)
    assert "marta, tomas are taken on this site" in done.output
    assert "microblog demo --data FOLDER" in done.output


def test_a_demo_can_have_a_folder_of_its_own(tmp_path: Path) -> None:
    mine = {"MICROBLOG_DATA": str(tmp_path / "mine")}
    assert command("demo", mine).status == 0
    done = command(f"demo --data {tmp_path}/other", mine)
    assert done.status == 0, done.output
    assert f"MICROBLOG_DATA={tmp_path}/other microblog run" in done.output
    assert (tmp_path / "other" / "microblog.db").exists()


def test_a_folder_of_its_own_needs_a_database_of_its_own(database: Database, database_url: str, tmp_path: Path) -> None:
    done = command(f"demo --data {tmp_path}/other", {"DATABASE_URL": database_url})
    assert (done.status, count(database, Account)) == (1, 0)
    assert "DATABASE_URL is set" in done.output


@pytest.mark.parametrize(
    ("words", "public_url", "last", "where"),
    [
        ("demo", "", None, "http://localhost:5000"),
        ("demo --port 5001", "", None, "http://localhost:5001"),
        ("demo", "http://127.0.0.1:8080", None, "http://127.0.0.1:8080"),
        ("demo", "", "http://localhost:5002\n", "http://localhost:5002"),
        ("demo --port 5003", "", "http://localhost:5002", "http://localhost:5003"),
        ("demo", "http://localhost:5004", "http://localhost:5002", "http://localhost:5004"),
        ("demo", "", "https://blog.example", "http://localhost:5000"),
        ("demo", "", "\0nonsense", "http://localhost:5000"),
    ],
)
def test_it_says_where_the_site_is(tmp_path: Path, words: str, public_url: str, last: str | None, where: str) -> None:
    if last is not None:
        (tmp_path / "address").write_text(last)
    done = command(words, {"MICROBLOG_DATA": str(tmp_path), "PUBLIC_URL": public_url})
    assert f"Sign in at {where}/login\n" in done.output
    start = "microblog run" if where.endswith(":5000") else f"PUBLIC_URL={where} microblog run"
    assert done.output.splitlines()[-1] == f"  {start}"


def test_a_second_demo_changes_nothing(trial: dict[str, str], database: Database) -> None:
    command("demo", trial)
    assert command("demo", trial).status == 1
    assert count(database, Post) == len(SAID)


def test_a_real_site_is_left_alone(trial: dict[str, str], database: Database) -> None:
    real = {"PUBLIC_URL": "https://blog.example", "SECRET_KEY": token_urlsafe(32), "ADMINS": "admin@blog.example"}
    done = command("demo", {**trial, **real, "MAIL_SERVER": "mail.blog.example"})
    assert "https://blog.example is a real site." in done.output
    assert (done.status, count(database, Account)) == (1, 0)


def test_no_letter_to_somebody_made_up_leaves_this_computer(trial: dict[str, str], database: Database) -> None:
    done = command("demo", {**trial, "MAIL_SERVER": "mail.blog.example", "MAIL_DEFAULT_SENDER": "a@blog.example"})
    assert "MAIL_SERVER is set" in done.output
    assert (done.status, count(database, Account)) == (1, 0)


def test_what_is_said_has_links_line_breaks_and_people_who_exist() -> None:
    names = {person.username for person in PEOPLE}
    assert {author for author, _ in SAID} == names
    assert {name for person in PEOPLE for name in person.follows} <= names
    pieces = [piece for _, text in SAID for piece in entities(text)]
    assert {piece.key for piece in pieces if piece.kind == "mention"} <= names
    assert {"link", "tag", "mention", "plain"} == {piece.kind.value for piece in pieces}
    assert any("\n" in text for _, text in SAID)

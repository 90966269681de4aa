"""`microblog recover`: a link for a member whom no letter reaches."""

import getpass
import os
import pwd
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from sqlalchemy import select, update

from microblog.audit.models import Event
from microblog.auth import unusable_hash
from microblog.cli.recover import operator
from microblog.clock import system_clock
from microblog.identity import Account, BackupEmail
from microblog.mail import Email
from microblog.recovery.by_operator import word_of
from support.commands import run_command
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in

BOTH = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
HOME = "Alice@home.example"
Run = Callable[..., Result]


@pytest.fixture
def served(site: RunningSite) -> RunningSite:
    """A site whose clock is the command's, with Alice and her second address in it."""
    site.clock.now = system_clock()
    member(site, "alice", "Alice@example.com")
    with site.database.writing() as session:
        session.add(BackupEmail(account_id=1, email=HOME, email_key=HOME.lower(), added_at=site.clock.now))
    return site


@pytest.fixture
def run(served: RunningSite) -> Run:
    """Runs `microblog recover` beside the site, with its settings."""

    def recover(user: str, **more: str) -> Result:
        url = served.settings.public_url
        given = {"MICROBLOG_DATA": str(served.settings.data), "PUBLIC_URL": str(url)}
        return run_command(f"recover {user}", {**given, "DATABASE_URL": served.settings.database_url, **more})

    return recover


def test_the_link_stands_alone_on_standard_output_and_the_words_beside_it(run: Run, served: RunningSite) -> None:
    ended = run("alice")
    assert ended.exit_code == 0
    (link,) = ended.stdout.splitlines()
    assert link.startswith(f"{served.base}/reset_password/ey")
    assert "for alice and works once, until " in ended.stderr
    assert f"Alice@example.com and {HOME}" in ended.stderr
    assert link not in ended.stderr


@pytest.mark.parametrize("user", ["ALICE", "alice@example.com", "alice@home.example"])
def test_the_link_gives_a_new_password_once_by_whatever_name(run: Run, served: RunningSite, user: str) -> None:
    link, visitor = run(user).stdout.strip(), served.visitor()
    assert "Your password has been reset" in visitor.submit(link, follow=True, **BOTH).words
    assert visitor.get(link).title == "This link has been used or replaced"
    assert visitor.sign_in("alice", NEW_PASSWORD).title == "Is all of this yours?"
    assert visitor.signed_in_as() == "alice"


def test_the_password_stays_as_it_is_and_the_owner_is_told_without_the_link(run: Run, served: RunningSite) -> None:
    link = run("alice").stdout.strip()
    assert served.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!"
    served.clock.now = system_clock()
    letters = served.letters(2)
    assert sorted(letter.summary.to for letter in letters) == ["Alice@example.com", HOME]
    for letter in letters:
        assert letter.summary.subject == "[Microblog] Whoever Runs This Site Made a Link for You"
        assert link_in(letter.text) == f"{served.base}/reset_password_request"
        assert link.rpartition("/")[2] not in letter.source


def test_who_did_it_and_when_is_noted(run: Run, served: RunningSite) -> None:
    run("alice")
    with served.database.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "recovery_link_made")).one()
    assert (event.account_id, event.detail) == (1, f"by_administrator:{word_of(operator())}")
    assert abs(event.at - system_clock()) < timedelta(minutes=1)
    assert event.device == event.network == ""


def test_the_link_works_as_long_as_those_of_letters(run: Run, served: RunningSite) -> None:
    link = run("alice", RESET_LINK_MINUTES="3").stdout.strip()
    served.clock.now = system_clock() + timedelta(minutes=2, seconds=50)
    assert served.visitor().get(link).status == 200
    served.clock.move(seconds=20)
    assert served.visitor().get(link).title == "This link has expired"


def test_a_change_of_the_account_ends_it(run: Run, served: RunningSite) -> None:
    link = run("alice").stdout.strip()
    with served.database.writing() as session:
        session.execute(update(Account).values(password_hash="another"))
    assert served.visitor().get(link).title == "This link has been used or replaced"


def test_it_works_for_an_account_that_is_muted_and_locked(run: Run, served: RunningSite) -> None:
    with served.database.writing() as session:
        muted = {"muted_until": system_clock() + timedelta(days=1), "password_hash": unusable_hash()}
        session.execute(update(Account).values(muted))
    link, visitor = run("alice").stdout.strip(), served.visitor()
    assert "Your password has been reset" in visitor.submit(link, follow=True, **BOTH).words
    assert visitor.sign_in("alice", NEW_PASSWORD).title == "Is all of this yours?"
    assert visitor.signed_in_as() == "alice"


@pytest.mark.parametrize("user", ["nobody", "nobody@example.com", "'; DROP TABLE accounts'"])
def test_an_account_that_is_not_there_is_told_in_words(run: Run, served: RunningSite, user: str) -> None:
    ended = run(user.replace(" ", "_"))
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "No account has the username or address" in ended.stderr


@pytest.mark.parametrize("user", ["alice", "alice@example.com", "alice@home.example"])
def test_a_deactivated_account_gets_no_link_and_no_letter(run: Run, served: RunningSite, user: str) -> None:
    with served.database.writing() as session:
        session.execute(update(Account).values(deactivated_at=system_clock()))
    ended = run(user)
    assert (ended.exit_code, ended.stdout) == (4, "")
    assert "The account alice is deactivated." in ended.stderr
    with served.database.reading() as session:
        assert session.scalars(select(Email)).all() == []
        assert session.scalars(select(Event).where(Event.kind == "recovery_link_made")).all() == []


def test_the_operator_is_one_word_that_can_carry_no_text() -> None:
    assert word_of("root") == "root"
    assert word_of("DOM\\carol jones\n<b>") == "DOMcaroljonesb"
    assert word_of("x" * 99) == "x" * 32
    assert word_of("") == word_of("日本") == "somebody"


def test_the_operator_is_whoever_the_system_says_and_by_sudo_who_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "mallory")
    monkeypatch.setenv("SUDO_USER", "carol")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert (getpass.getuser(), operator()) == ("mallory", "carol")
    monkeypatch.delenv("SUDO_USER")
    assert operator() == pwd.getpwuid(0).pw_name
    monkeypatch.setenv("SUDO_USER", "carol")
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert operator() == "54321"

"""`microblog remove-backup-email`, `end-recovery-codes` and `set-email`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import insert, select

from microblog.audit.models import Event
from microblog.cli.recover import operator
from microblog.clock import system_clock
from microblog.identity import Account, BackupEmail
from microblog.recovery.by_operator import word_of
from microblog.recovery.models import RecoveryCode
from support.commands import run_command
from support.letters import letter_to
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from web.recovering import account_of, add_second

Run = Callable[[str], Result]
HOME, NEW = "alice@home.example", "new@example.org"


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site that a command is run beside, with Alice, who has a backup email."""
    running = RunningSite(tmp_path / "data", database_url).start()
    member(running, "alice")
    add_second(running, HOME)
    yield running
    running.stop()


@pytest.fixture
def run(site: RunningSite) -> Run:
    """Runs a command on the site's database."""
    given = {"MICROBLOG_DATA": str(site.settings.data), "DATABASE_URL": site.settings.database_url}
    return lambda words: run_command(words, given)


def last_event(site: RunningSite) -> tuple[str, str]:
    with site.database.reading() as db:
        event = db.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        return event.kind, event.detail


@pytest.mark.parametrize("name", ["alice", "ALICE@example.com", HOME])
def test_a_backup_email_is_removed_by_whatever_name(site: RunningSite, run: Run, name: str) -> None:
    ended = run(f"remove-backup-email {name}")
    assert (ended.exit_code, ended.stdout) == (0, f"alice: {HOME} is no longer the backup email.\n")
    with site.database.reading() as db:
        assert db.scalars(select(BackupEmail)).all() == []
    assert last_event(site) == ("backup_email_removed", f"by_administrator:{word_of(operator())}")


def test_recovery_codes_are_ended(site: RunningSite, run: Run) -> None:
    with site.database.writing() as db:
        db.execute(insert(RecoveryCode).values(account_id=account_of(site).id, code_hash="x", made_at=site.clock()))
    ended = run("end-recovery-codes alice")
    assert (ended.exit_code, ended.stdout) == (0, "alice: 1 recovery code ended.\n")
    assert last_event(site) == ("recovery_codes_ended", f"by_administrator:{word_of(operator())}")


def test_an_address_is_set_and_a_new_password_is_asked_for_there(site: RunningSite, run: Run) -> None:
    thief = site.visitor()
    thief.submit("/reset_password_request", email="alice@example.com")
    kept = link_in(letter_to(site, "alice@example.com", "Reset Your Password").text)
    ended = run(f"set-email alice {NEW}")
    assert (ended.exit_code, ended.stdout) == (
        0,
        f"alice: the email address is {NEW} now, and was alice@example.com.\n",
    )
    assert thief.get(kept).status == 410
    site.visitor().submit("/reset_password_request", email=NEW)
    link = link_in(letter_to(site, NEW, "Reset Your Password").text)
    assert site.visitor().submit(link, password=NEW_PASSWORD, password2=NEW_PASSWORD).path == "/login"
    assert site.visitor().sign_in(NEW, NEW_PASSWORD).title == "Hi, alice!"


def test_the_notice_to_the_address_of_before_holds_nothing_that_undoes_it(site: RunningSite, run: Run) -> None:
    run(f"set-email alice {NEW}")
    site.clock.now = system_clock()
    for address in ("alice@example.com", HOME, NEW):
        text = letter_to(site, address, "Your email address was changed").text
        assert [word for word in text.split() if "://" in word] == [f"{site.base}/"]
        assert NEW not in text


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        ("remove-backup-email nobody", 3, "There is no such account."),
        ("end-recovery-codes nobody@example.com", 3, "There is no such account."),
        (f"set-email nobody {NEW}", 3, "There is no such account."),
        ("remove-backup-email bob", 4, "This account has no backup email."),
        ("end-recovery-codes alice", 4, "This account has no recovery codes."),
        ("set-email alice bob@example.com", 4, "This email address belongs to another account."),
        (f"set-email bob {HOME}", 4, "This email address belongs to another account."),
        ("set-email alice Alice@example.com", 4, "That is the email address of this account already."),
        ("set-email alice alice@", 2, "ADDRESS"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    site: RunningSite, run: Run, words: str, status: int, why: str
) -> None:
    visitor = member(site, "bob")
    ended = run(words)
    assert ended.exit_code == status
    assert why in ended.stderr
    with site.database.reading() as db:
        assert sorted(db.scalars(select(Account.email))) == ["alice@example.com", "bob@example.com"]
    assert last_event(site)[0] == "signed_in"
    assert visitor.signed_in_as() == "bob"
    assert site.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!"

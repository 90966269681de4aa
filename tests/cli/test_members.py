"""`microblog sign-out`, `deactivate` and `reactivate`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.mail import Email
from support.commands import run_command
from support.members import member, recovered
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Visitor
from web.recovering import add_second

Run = Callable[[str], Result]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site that a command is run beside."""
    running = RunningSite(tmp_path / "data", database_url)
    yield running.start()
    running.stop()


@pytest.fixture
def run(site: RunningSite) -> Run:
    """Runs a command on the site's database."""
    given = {"MICROBLOG_DATA": str(site.settings.data), "DATABASE_URL": site.settings.database_url}
    return lambda words: run_command(words, given)


def events(site: RunningSite) -> list[tuple[str, str]]:
    """The last events, with what is said of them."""
    with site.database.reading() as db:
        return [(event.kind, event.detail) for event in db.scalars(select(Event).order_by(Event.id.desc()).limit(1))]


def letters(site: RunningSite) -> list[str]:
    """The kinds of letters there are, in order."""
    with site.database.reading() as db:
        return list(db.scalars(select(Email.kind).order_by(Email.id)))


def logins(site: RunningSite) -> int:
    """How many logins there are."""
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(SignInSession)) or 0


@pytest.mark.parametrize("name", ["alice", "ALICE", "Alice@example.com"])
def test_signing_out_ends_every_login_of_one_account_and_its_owner_is_told(
    site: RunningSite, run: Run, name: str
) -> None:
    phone, bob = member(site, "alice"), member(site, "bob")
    laptop = site.visitor()
    laptop.sign_in("alice", PASSWORD, remember_me="y")
    ended = run(f"sign-out {name}")
    assert (ended.exit_code, ended.stdout) == (0, "alice: 2 logins ended.\n")
    assert (phone.signed_in_as(), laptop.signed_in_as(), bob.signed_in_as()) == (None, None, "bob")
    assert (events(site), letters(site)) == ([("session_ended", "by_administrator")], ["signed_out"])
    assert phone.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_who_is_not_signed_in_is_told_nothing(site: RunningSite, run: Run) -> None:
    member(site, "alice").sign_out()
    assert run("sign-out alice").stdout == "alice is not signed in.\n"
    assert letters(site) == []


def test_a_deactivated_account_opens_to_nobody_until_it_is_reactivated(site: RunningSite, run: Run) -> None:
    visitor = member(site, "alice")
    ended = run("deactivate alice")
    assert (ended.exit_code, ended.stdout.split(":")[0]) == (0, "alice is deactivated")
    assert logins(site) == 0
    assert visitor.signed_in_as() is None
    assert "do not go together" in visitor.sign_in("alice", PASSWORD).words
    assert letters(site) == ["deactivated"]
    ended = run("reactivate alice")
    assert (ended.exit_code, ended.stdout) == (0, "alice can sign in again.\n")
    assert events(site) == [("account_reactivated", "by_administrator")]
    assert letters(site) == ["deactivated", "reactivated"]
    assert visitor.signed_in_as() is None, "the old login stays over"
    assert visitor.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_the_owner_is_told_of_each_at_every_address(site: RunningSite, run: Run) -> None:
    member(site, "alice")
    add_second(site, "alice@home.example")
    for words in ("sign-out alice", "deactivate alice", "reactivate alice"):
        assert run(words).exit_code == 0
    with site.database.reading() as db:
        told = db.execute(select(Email.kind, Email.to).order_by(Email.id)).all()
    both = ["alice@example.com", "alice@home.example"]
    assert [tuple(one) for one in told] == [
        (kind, to) for kind in ("signed_out", "deactivated", "reactivated") for to in both
    ]


def test_the_links_of_a_deactivated_account_open_nothing_and_no_more_are_sent(site: RunningSite, run: Run) -> None:
    member(site, "alice")
    member(site, "bob")
    visitor = site.visitor()
    visitor.submit("/reset_password_request", email="alice")
    link = link_in(site.letters(1)[-1].text)
    page = visitor.get(link)
    assert page.path == "/reset_password"
    run("deactivate alice")
    fields = {"csrf_token": visitor.token_in(page), "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert visitor.post("/reset_password", fields).status == 410
    assert site.visitor().get(link).status == 410
    site.clock.move(hours=1)
    for name in ("alice", "nobody", "bob"):
        visitor.submit("/reset_password_request", email=name)
    assert [letter.summary.to for letter in site.letters(2)] == ["alice@example.com", "bob@example.com"]
    with site.database.reading() as db:
        asked = db.scalars(select(Email).where(Email.kind == "reset_password").order_by(Email.id)).all()
    assert [(letter.state, letter.reason) for letter in asked[1:3]] == [("dropped", "no_such_account")] * 2


def links_begun(site: RunningSite, alice: Visitor) -> list[str]:
    """Let Alice ask for a link of each kind that she can do something with, and return them."""
    alice.submit("/account/second-address", email="alice@home.example", current_password=PASSWORD)
    alice.submit("/account/address", email="alicia@example.org", current_password=PASSWORD)
    alice.submit("/reset_password_request", email="alice")
    recovered(site, "alice")
    alice.submit("/account/download", current_password=PASSWORD)
    with_links = [one for one in site.letters(5) if "Was Asked For" not in one.summary.subject]
    links = [link_in(one.text) for one in with_links]
    assert len({link.rpartition("/")[0] for link in links}) == 4
    return links


def test_links_from_before_a_deactivation_stay_dead_when_the_account_works_again(site: RunningSite, run: Run) -> None:
    alice = member(site, "alice")
    links = links_begun(site, alice)
    reset = next(link for link in links if "/reset_password/" in link)
    visitor = site.visitor()
    page = visitor.get(reset)
    assert page.path == "/reset_password"
    for command in ("deactivate", "reactivate"):
        run(f"{command} alice")
    alice.sign_in("alice", PASSWORD)
    assert {link: alice.get(link).status for link in links} == dict.fromkeys(links, 410)
    fields = {"csrf_token": visitor.token_in(page), "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert visitor.post("/reset_password", fields).status == 410
    site.clock.move(minutes=2)
    visitor.submit("/reset_password_request", email="alice")
    visitor.submit(link_in(site.letters(6)[-1].text), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert visitor.sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("sign-out nobody", "There is no such account."),
        ("deactivate nobody@example.com", "There is no such account."),
        ("reactivate alice", "This account is not deactivated."),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(site: RunningSite, run: Run, words: str, why: str) -> None:
    visitor = member(site, "alice")
    ended = run(words)
    assert ended.exit_code == 1
    assert why in ended.stderr
    assert letters(site) == []
    assert visitor.signed_in_as() == "alice"


def test_deactivating_twice_changes_nothing_the_second_time(site: RunningSite, run: Run) -> None:
    member(site, "alice")
    run("deactivate alice")
    again = run("deactivate alice")
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    assert letters(site) == ["deactivated"]

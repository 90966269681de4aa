"""Two hundred members who forgot their passwords, for journeys with many letters."""

from collections import Counter
from datetime import UTC, datetime

from journeys.trial import Trial, wait_for
from microblog.clock import system_clock
from microblog.db import Database
from microblog.identity import Account
from microblog.recovery.ask import ask
from support.smtp_server import SmtpServer

CROWD = [f"member{number}" for number in range(200)]
NO_LIMITS = {"LIMIT_RESET_PER_CLIENT": "off", "LIMIT_RESET_PER_SITE": "off", "LIMIT_RESET_PER_IDENTIFIER": "off"}


def address(name: str) -> str:
    return f"{name}@example.com"


def enrol(database: Database) -> None:
    """Make the accounts."""
    with database.writing() as session:
        session.add_all(
            Account(
                username=name,
                username_key=name,
                email=address(name),
                email_key=address(name),
                password_hash="none",
                created_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
            for name in CROWD
        )


def forget(database: Database, names: list[str]) -> None:
    """Post the letter of each, as the site does when it is asked for one, but all at once."""
    with database.writing() as session:
        for name in names:
            ask(session, address(name), system_clock())


def all_have_one(trial: Trial, server: SmtpServer, seconds: float = 60) -> int:
    """Wait until every member has the letter and nothing is left to send; return how many repeats there were.

    A repeat is one only under the Message-ID of the first.
    """
    server.wait_until(
        lambda: len({letter.recipient for letter in server.delivered}) == len(CROWD),
        seconds,
        lambda: f"{len(server.copies)} of {len(CROWD)} members have their letter",
    )
    wait_for(lambda: set(states(trial)) == {"sent"}, seconds)
    copies = server.copies
    assert set(copies) == {address(name) for name in CROWD}
    assert {to: set(ids) for to, ids in copies.items()} == {row.to: {row.message_id} for row in trial.outbox()}
    return sum(len(ids) for ids in copies.values()) - len(copies)


def states(trial: Trial) -> Counter[str]:
    return Counter(row.state for row in trial.outbox())

"""Posting, claiming and delivering with 1,000,000 letters that have ended in the outbox, against none."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

from sqlalchemy import text

from benchmarks.delivery import Keeping, deliver_all, delivery_of, expect
from benchmarks.testbed import ENGINES, Testbed, copy_letters, post_letters, tidy
from benchmarks.turns import Comparison, Finding, Way, find, take_turns
from microblog.clock import system_clock
from microblog.db import Database
from microblog.mail import leases
from microblog.mail.delivery import BATCH
from microblog.recovery.ask import ask

TITLE = "Letters a second, with this many ended letters in the outbox"
LETTERS, MANY, NONE = 400, 1_000_000, 1
WHAT = ("posted", "claimed", "delivered")


@contextmanager
def outbox(testbed: Testbed, engine: str, ended: int) -> Iterator[dict[str, Way]]:
    """Measure what happens to letters in an outbox with so many ended ones."""
    with testbed.database(engine, accounts=LETTERS) as database:
        settings = testbed.settings(database, 1)
        post_letters(database, 1, yesterday)
        deliver_all(delivery_of(settings, database, Keeping(), yesterday))
        copy_letters(database, ended)
        delivery = delivery_of(settings, database, Keeping())

        def posted() -> float:
            forget_new(database, ended)
            began = time.perf_counter()
            for number in range(LETTERS):
                with database.writing() as session:
                    ask(session, f"member{number}@example.com", system_clock())
            return LETTERS / (time.perf_counter() - began)

        def claimed() -> float:
            forget_new(database, ended)
            post_letters(database, LETTERS)
            began = time.perf_counter()
            taken = BATCH
            while taken:
                with database.writing() as session:
                    taken = len(leases.take(session, "bench", BATCH, system_clock()))
            return LETTERS / (time.perf_counter() - began)

        def delivered() -> float:
            forget_new(database, ended)
            post_letters(database, LETTERS)
            began = time.perf_counter()
            deliver_all(delivery)
            rate = LETTERS / (time.perf_counter() - began)
            expect(sent(database), LETTERS + ended)
            return rate

        yield dict(zip(WHAT, (posted, claimed, delivered), strict=True))


def yesterday() -> datetime:
    """Return the time when the letters ended; what was sent a minute ago would make new ones repeats."""
    return system_clock() - timedelta(days=1)


def sent(database: Database) -> int:
    """Return how many letters have been sent."""
    with database.reading() as session:
        return int(session.scalars(text("SELECT count(*) FROM outbox WHERE state = 'sent'")).one())


def forget_new(database: Database, ended: int) -> None:
    """Delete the letters of the turn before, and all trace of them."""
    with database.writing() as session:
        session.execute(text("DELETE FROM outbox WHERE id > :ended"), {"ended": ended})
    tidy(database)


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure."""
    ways: dict[str, Way] = {}
    comparisons = []
    with ExitStack() as open_:
        for engine in ENGINES:
            empty = open_.enter_context(outbox(testbed, engine, NONE))
            full = open_.enter_context(outbox(testbed, engine, MANY))
            for what in WHAT:
                many, none = (f"{engine}, {what}, {ended:,}" for ended in (MANY, NONE))
                ways |= {many: full[what], none: empty[what]}
                comparisons.append(Comparison(many, none, 0.9))
        rates = take_turns(ways, turns)
    return [find(rates, comparison) for comparison in comparisons]

"""What do two limits cost in the transaction of a reset request? Run with the .venv of `make test`."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from microblog import schema
from microblog.db import Database
from microblog.limits import Limit, Limits
from microblog.recovery.ask import ask
from microblog.settings import Rate
from support.postgres import Postgres

TURNS, REQUESTS = 3, 600


def post(database: Database, number: int, *limits: Limit) -> None:
    """Do what the request does to the database."""
    counts, now = Limits(b"x" * 32), datetime.now(UTC)
    with database.writing() as session:
        for limit in limits:
            counts.spend(session, limit, "subject", now)
        ask(session, f"{number}@example.com", now)


def milliseconds(act: Callable[[int], None]) -> float:
    """Return what one of many takes."""
    began = time.perf_counter()
    for number in range(REQUESTS):
        act(number)
    return (time.perf_counter() - began) / REQUESTS * 1000


def compare(database: Database) -> None:
    """Print the medians, without limits and with two."""
    schema.upgrade(database)
    two = [Limit(name, Rate(10**9, 3600)) for name in ("one", "two")]
    ways = {"without": lambda n: post(database, n), "with two": lambda n: post(database, n, *two)}
    taken = {name: [milliseconds(act) for _ in range(TURNS)] for name, act in ways.items()}
    medians = ", ".join(f"{name} limits {statistics.median(times):.2f} ms" for name, times in taken.items())
    print(f"{database.engine.dialect.name}: {medians}")
    database.close()


if __name__ == "__main__":
    compare(Database(f"sqlite:///{tempfile.mkdtemp()}/limits.db"))
    server = Postgres(durable=True)
    with server.fresh() as url:
        compare(Database(url))
    server.stop()

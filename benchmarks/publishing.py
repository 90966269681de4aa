"""What does it cost that posts are published one after the other? `.venv/bin/python -m benchmarks.publishing`.

On PostgreSQL, with commits that survive a power cut. Without the order, each post takes a lock of its own.
"""

import random
import statistics
import threading
import time

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from benchmarks.testbed import Testbed
from microblog import posts
from microblog.clock import system_clock
from microblog.db import Database, Lock, exclusive
from microblog.posts import publishing

THREADS, POSTS, TURNS = 8, 150, 5
NAME = "exclusive"  # what publishing takes the lock with


def durable(database: Database) -> None:
    """Let commits wait for the disk, which tests do not."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = on"))
        connection.execute(text("SELECT pg_reload_conf()"))


def out_of_order(session: Session | Connection, lock: Lock, subject: str = "") -> None:  # noqa: ARG001 - as the other
    """Take a lock that nobody else takes."""
    exclusive(session, lock, str(random.getrandbits(62)))


def rate(database: Database, *, in_order: bool) -> float:
    """Return how many posts a second all threads publish."""

    def work(author: int) -> None:
        for _ in range(POSTS):
            setattr(publishing, NAME, exclusive if in_order else out_of_order)
            with database.writing() as session:
                once = str(random.getrandbits(62))
                posts.add_post(session, author_id=author, text="Hello #all", once=once, now=system_clock())

    threads = [threading.Thread(target=work, args=[author]) for author in range(1, THREADS + 1)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * POSTS / (time.perf_counter() - began)


if __name__ == "__main__":
    testbed = Testbed()
    try:
        with testbed.database("PostgreSQL", accounts=THREADS) as database:
            durable(database)
            rates = [(rate(database, in_order=True), rate(database, in_order=False)) for _ in range(TURNS)]
            ordered, free = (statistics.median(column) for column in zip(*rates, strict=True))
            print(f"posts a second, in order {ordered:,.0f}, in none {free:,.0f}")
    finally:
        testbed.close()

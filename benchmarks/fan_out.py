"""Ways to find a home page, and what they cost when somebody posts or follows.

`.venv/bin/python -m benchmarks.fan_out` seeds a million posts on both databases first; decision 18 is what came out.
"""

import statistics
import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.testbed import ENGINES, Testbed, fill
from benchmarks.timeline import ME, MEMBERS, Community, community
from microblog.db import Database, dialect_name
from microblog.timeline.home import per_author_seek, scan_window

READS = 60
BUSY = 2  # an author whom ME follows
# What fan-out on write would keep: each post in each home it belongs to.
HOMES = "CREATE TABLE homes (account_id bigint, post_id bigint, PRIMARY KEY (account_id, post_id))"
FILLED = "INSERT INTO homes SELECT follower_id, posts.id FROM posts JOIN follows ON followed_id = author_id"
READ = """
    SELECT posts.*, username FROM posts JOIN accounts ON accounts.id = author_id
    WHERE posts.id IN
        (SELECT post_id FROM homes WHERE account_id = :me AND post_id < :edge ORDER BY post_id DESC LIMIT 21)
    ORDER BY posts.id DESC
"""
TO_ALL = "INSERT INTO homes SELECT id, :post FROM accounts"
FROM_ALL = "DELETE FROM homes WHERE account_id IN (SELECT id FROM accounts) AND post_id = :post"
FOLLOW = "INSERT INTO homes SELECT 99999, id FROM posts WHERE author_id = :author"
UNFOLLOW = "DELETE FROM homes WHERE account_id = 99999 AND post_id IN (SELECT id FROM posts WHERE author_id = :author)"
SIZES = {
    "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = :table)",
    "postgresql": "SELECT pg_total_relation_size(CAST(:table AS regclass))",
}


def milliseconds(act: Callable[[], object], times: int) -> float:
    """Return the median of what something takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def reads(session: Session, asked: dict[str, int]) -> dict[str, Callable[[], object]]:
    """Return the ways to read a page."""
    near, far = scan_window(ascending=False), per_author_seek(dialect_name(session), ascending=False)
    return {
        "the scan window": lambda: session.execute(near, asked).all(),
        "the seeks per author": lambda: session.execute(far, asked).all(),
        "fan-out": lambda: session.execute(text(READ), asked).all(),
    }


def write(database: Database, statement: str, **facts: int) -> float:
    """Return what a change takes, its commit included."""
    began = time.perf_counter()
    with database.writing() as session:
        session.execute(text(statement), facts)
    return (time.perf_counter() - began) * 1000


def compare(place: Community) -> None:
    """Print all of it for one database."""
    database = place.database
    fill(database, HOMES + ("" if database.is_postgresql else " WITHOUT ROWID"), 0)
    fill(database, FILLED, 0)
    with database.reading() as session:
        asked = {"me": ME, "edge": place.far.edge, "size": 21}
        for name, read in reads(session, asked).items():
            print(f"  a page 25,000 back, by {name}: {milliseconds(read, READS):.2f} ms")
        for table in ("posts", "homes"):
            size = session.execute(text(SIZES[dialect_name(session)]), {"table": table}).scalar_one()
            print(f"  {table} and its indexes: {size / 2**20:,.0f} MiB")
    for what, statement, facts in (
        (f"a post to {MEMBERS:,} homes", TO_ALL, "post"),
        ("its deletion", FROM_ALL, "post"),
        ("following one with 50 posts", FOLLOW, "author"),
        ("unfollowing", UNFOLLOW, "author"),
    ):
        given = {facts: BUSY if facts == "author" else 10**7}
        print(f"  fan-out, {what}: {write(database, statement, **given):.1f} ms", flush=True)


if __name__ == "__main__":
    testbed = Testbed()
    try:
        for engine in ENGINES:
            print(engine)
            with community(testbed, engine, 1_000_000) as place:
                compare(place)
    finally:
        testbed.close()

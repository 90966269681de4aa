"""What a page costs, counted by the databases themselves, is the same however many posts its authors wrote."""

from typing import Any

import pytest
from benchmarks.testbed import fill
from sqlalchemy import event
from sqlalchemy.orm import Session

from microblog import timeline
from microblog.db import Database
from microblog.keyset import NEWEST, Cursor
from support.community import add_member, follow

FEW, MANY = 4_000, 40_000
# One half of the posts is by two members, in turn; then a stranger wrote the other, which no scan window looks through.
POSTS = """
    INSERT INTO posts (author_id, text, created_at)
    SELECT CASE WHEN n < :half THEN 2 + n % 2 ELSE 4 END, '#tag', '2026-11-22 12:00:00' FROM {numbers} AS numbers
"""
TAGS = "INSERT INTO post_tags (tag, post_id) SELECT 'tag', id FROM posts"


def steps(session: Session, cursor: Cursor, read: Any) -> int:
    """Count the steps of SQLite's machine, in hundreds."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    raw: Any = session.connection().connection.driver_connection
    raw.set_progress_handler(count, 100)
    read(session, cursor)
    raw.set_progress_handler(None, 100)
    return counted[0]


def pages(session: Session, cursor: Cursor, read: Any) -> int:
    """Count the pages of tables and indexes that PostgreSQL looks into."""
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def hear(*heard: Any) -> None:
        asked.append((heard[2], heard[3]))

    event.listen(connection, "before_cursor_execute", hear)
    read(session, cursor)
    event.remove(connection, "before_cursor_execute", hear)
    explained = (connection.exec_driver_sql("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + s, p) for s, p in asked)
    plans = [rows.scalar_one()[0]["Plan"] for rows in explained]
    return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)


def community(database: Database) -> int:
    """Let Alice follow two members, and return her number."""
    alice, bob, carol, _ = (add_member(database, name) for name in ("alice", "bob", "carol", "stranger"))
    follow(database, alice, bob, carol)
    return alice


def write(database: Database, posts: int, after: int) -> None:
    """Add so many posts after those that are there."""
    fill(database, POSTS, posts, half=posts // 2)
    fill(database, f"{TAGS} WHERE id > {after}", 0)


@pytest.mark.parametrize("name", ["home", "everybody", "author", "tag"])
def test_a_page_costs_the_same_in_a_community_ten_times_as_busy(database: Database, name: str) -> None:
    alice, cost = community(database), pages if database.is_postgresql else steps
    write(database, FEW, after=0)
    read = {
        "home": lambda session, cursor: timeline.home(session, alice, cursor),
        "everybody": timeline.explore,
        "author": lambda session, cursor: timeline.by_author(session, 2, cursor),
        "tag": lambda session, cursor: timeline.by_tag(session, "tag", cursor),
    }[name]
    everywhere = (NEWEST, Cursor(before=FEW // 4), Cursor(after=FEW // 4), Cursor(after=0))
    with database.reading() as session:
        before = [cost(session, cursor, read) for cursor in everywhere]
    write(database, MANY, after=FEW)
    with database.reading() as session:
        after = [cost(session, cursor, read) for cursor in everywhere]
    assert all(now <= 1.5 * then + 10 for then, now in zip(before, after, strict=True)), (before, after)

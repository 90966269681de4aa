"""No page costs more as the tables grow: at most three questions, each answered by looking into an index."""

from collections.abc import Callable, Iterator

import pytest
from benchmarks.testbed import add_accounts
from benchmarks.timeline import ME, seed
from sqlalchemy import text
from sqlalchemy.orm import Session

from microblog import follows, timeline
from microblog.db import Database
from microblog.keyset import NEWEST, Cursor
from support.plans import Asked, listening, plan, whole_tables

MEMBERS, POSTS, FOLLOWED, LONELY = 3_000, 40_000, 300, 2_999
TABLES = {"posts", "accounts", "follows", "follow_counts", "post_tags", "mentions"}
EVERYWHERE = {
    "the newest": NEWEST,
    "far back": Cursor(before=20_000),
    "from far back on": Cursor(after=20_000),
    "the end": Cursor(before=3),
    "the beginning": Cursor(after=0),
    "beyond the newest": Cursor(after=10**9),
}


@pytest.fixture
def grown(database: Database) -> Database:
    """A community in which reading a whole table would cost more than an index."""
    add_accounts(database, MEMBERS, "a hash of nothing")
    seed(database, POSTS, MEMBERS, FOLLOWED)
    return database


def readings(session: Session, cursor: Cursor) -> Iterator[tuple[str, Asked]]:
    """Read one page of everything, and tell what was asked for each."""
    reads: dict[str, Callable[[], object]] = {
        "home": lambda: timeline.home(session, ME, cursor),
        "home of one who follows few": lambda: timeline.home(session, LONELY, cursor),
        "everybody": lambda: timeline.explore(session, cursor),
        "author": lambda: timeline.by_author(session, 2, cursor),
        "tag": lambda: timeline.by_tag(session, "tag10", cursor),
        "rare tag": lambda: timeline.by_tag(session, "nothing", cursor),
        "mention": lambda: timeline.read_mentions(session, 22, cursor),
        "followers": lambda: follows.followers(session, 2, cursor),
        "following": lambda: follows.following(session, ME, cursor),
        "counts": lambda: follows.counts_of(session, ME),
        "followed": lambda: follows.followed_among(session, ME, range(1, 21)),
    }
    for name, read in reads.items():
        with listening(session) as asked:
            read()
        yield name, asked


@pytest.mark.parametrize("stale", [False, True], ids=["statistics", "no statistics"])
def test_no_page_reads_a_whole_table_and_none_asks_more_than_three_times(grown: Database, stale: bool) -> None:
    if stale and grown.is_postgresql:
        with grown.writing() as session:
            session.execute(text("DELETE FROM pg_statistic WHERE starelid >= 16384"))
            session.execute(text("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid >= 16384"))
    with grown.reading() as session:
        for where, cursor in EVERYWHERE.items():
            for name, asked in readings(session, cursor):
                assert 1 <= len(asked) <= 3, (name, where)
                for statement, parameters in asked:
                    shown = plan(session, statement, parameters)
                    assert whole_tables(shown, TABLES) == set(), f"{name}, {where}\n{statement}\n{shown}"


def test_the_usual_way_reads_whole_tables_which_this_test_would_see(grown: Database) -> None:
    usual = "SELECT posts.id FROM posts JOIN follows ON followed_id = author_id ORDER BY text LIMIT 20 OFFSET 9000"
    with grown.reading() as session:
        assert whole_tables(plan(session, usual, ()), TABLES)
        assert whole_tables(plan(session, "SELECT count(*) FROM posts WHERE text LIKE 'a'", ()), TABLES) == {"posts"}


def test_a_busy_home_is_answered_by_the_first_question(grown: Database) -> None:
    with grown.reading() as session, listening(session) as asked:
        timeline.home(session, ME)
    assert len(asked) == 1

"""Home pages with 1,000,000 posts against 10,000, and against the usual way; for one who follows 1,000 of 100,000."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import text

from benchmarks.testbed import ENGINES, Testbed, fill
from benchmarks.turns import Comparison, Finding, Way, find, take_turns
from microblog import timeline
from microblog.db import Database
from microblog.keyset import NEWEST, Cursor

TITLE = "Home pages a second, of one who follows 1,000 of 100,000 members (0.67 is 1.5 times the latency)"
MANY, FEW, MEMBERS, FOLLOWED = 1_000_000, 10_000, 100_000, 1_000
BACK = 25_000  # posts; with 10,000 in all, as far as the middle of the home
READS = 40  # of ours in a turn
ME = 1

# One post in twenty is by one of those followed, in an order without order: a home has 50,000 of a million posts.
POSTS = """
    INSERT INTO posts (author_id, text, created_at, once)
    SELECT CASE WHEN n % 20 = 7 THEN 2 + (CAST(n AS bigint) / 20 * 7919) % :followed
                ELSE 2 + :followed + (CAST(n AS bigint) * 7919) % (:members - :followed - 1) END,
           'A post about nothing in particular, and its number is ' || n, {when}, 'form ' || n
    FROM {{numbers}} AS numbers
"""
WHEN = {
    "sqlite": "datetime('2026-01-01', n || ' seconds')",
    "postgresql": "timestamptz '2026-01-01 00:00+00' + n * interval '1 second'",
}
TAGS = "INSERT INTO post_tags (tag, post_id) SELECT 'tag' || id % 50, id FROM posts WHERE id % 10 = 0"
MENTIONS = """
    INSERT INTO mentions (account_id, post_id, name_key)
    SELECT accounts.id, posts.id, username_key FROM posts JOIN accounts ON accounts.id = 1 + posts.id * 7 % 1000
    WHERE posts.id % 20 = 3
"""
FOLLOWS = """
    INSERT INTO follows (follower_id, followed_id, since)
    SELECT 1, 2 + n, '2026-11-22 12:00:00' FROM {numbers} AS numbers
"""
OTHER_FOLLOWS = """
    INSERT INTO follows (follower_id, followed_id, since)
    SELECT 2 + n / 10, 1 + (2 + n / 10 + (n % 10) * 177) % :members, '2026-11-22 12:00:00' FROM {numbers} AS numbers
"""
COUNTS = """
    INSERT INTO follow_counts (account_id, followers, following)
    SELECT id, (SELECT count(*) FROM follows WHERE followed_id = accounts.id),
           (SELECT count(*) FROM follows WHERE follower_id = accounts.id)
    FROM accounts
"""

# As it is usually written, with the index it usually has.
USUAL_INDEX = "CREATE INDEX ix_posts_usual ON posts (created_at)"
USUAL = """
    SELECT posts.* FROM posts JOIN follows ON follows.followed_id = posts.author_id WHERE follows.follower_id = :me
    UNION SELECT posts.* FROM posts WHERE posts.author_id = :me
"""
USUAL_PAGE = f"SELECT * FROM ({USUAL}) AS home ORDER BY created_at DESC LIMIT 20 OFFSET :back"
USUAL_COUNT = f"SELECT count(*) FROM ({USUAL}) AS home"


@dataclass(frozen=True)
class Community:
    """A database with so many posts, and the cursor of the page that stands far back in the home."""

    database: Database
    far: Cursor

    def ours(self, back: int) -> list[int]:
        """Read a page as the site does."""
        with self.database.reading() as session:
            return [item.id for item in timeline.home(session, ME, self.far if back else NEWEST).items]

    def usual(self, back: int) -> list[int]:
        """Read the same page, and count all posts for the number of pages."""
        with self.database.reading() as session:
            page = session.execute(text(USUAL_PAGE), {"me": ME, "back": back}).all()
            session.execute(text(USUAL_COUNT), {"me": ME}).one()
        return [row.id for row in page]


HOME_NUMBERS = """
    SELECT id FROM posts WHERE author_id IN (SELECT followed_id FROM follows WHERE follower_id = 1)
    ORDER BY id DESC LIMIT 1 OFFSET :back
"""


@contextmanager
def community(testbed: Testbed, engine: str, posts: int) -> Iterator[Community]:
    """Build one."""
    with testbed.database(engine, accounts=MEMBERS) as database:
        seed(database, posts)
        back = min(BACK, posts // 20 // 2)
        with database.reading() as session:
            edge = session.execute(text(HOME_NUMBERS), {"back": back - 1}).scalar_one()
        yield Community(database, Cursor(before=edge))


def seed(database: Database, posts: int, members: int = MEMBERS, followed: int = FOLLOWED) -> None:
    """Fill a database that has its members."""
    many = {"members": members, "followed": followed}
    fill(database, POSTS.format(when=WHEN[database.engine.dialect.name]), posts, **many)
    fill(database, FOLLOWS, followed)
    fill(database, OTHER_FOLLOWS, 10 * (members - 1), members=members)
    for statement in (TAGS, MENTIONS, COUNTS, USUAL_INDEX):
        fill(database, statement, 0)


def pages_a_second(read: Callable[[], list[int]], reads: int) -> Way:
    """Measure how often a page can be read in a second, by the median."""

    def turn() -> float:
        taken = []
        for _ in range(reads):
            began = time.perf_counter()
            read()
            taken.append(time.perf_counter() - began)
        return 1 / statistics.median(taken)

    return turn


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure."""
    ways: dict[str, Way] = {}
    comparisons = []
    with ExitStack() as open_:
        for engine in ENGINES:
            many = open_.enter_context(community(testbed, engine, MANY))
            few = open_.enter_context(community(testbed, engine, FEW))
            for name, back in (("page 1", 0), ("25,000 back", BACK)):
                ours, small, usual = (
                    f"{engine}, {name}, {what}" for what in (f"{MANY:,}", f"{FEW:,}", "the usual way")
                )
                expect_same(many.ours(back), many.usual(back))
                ways[ours] = pages_a_second(partial(many.ours, back), READS)
                ways[small] = pages_a_second(partial(few.ours, back), READS)
                ways[usual] = pages_a_second(partial(many.usual, back), 1)
                comparisons += [Comparison(ours, small, 0.67), Comparison(ours, usual, 30)]
        rates = take_turns(ways, turns)
    return [find(rates, comparison) for comparison in comparisons]


def expect_same(ours: list[int], usual: list[int]) -> None:
    """Make sure that both ways read the same page."""
    if ours != usual:
        raise RuntimeError(f"not the same page: {ours} and {usual}")

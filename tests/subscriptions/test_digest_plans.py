"""The weekly letters cost no more as the community grows: each look is one into an index."""

from datetime import timedelta

import pytest
from benchmarks.testbed import add_accounts
from benchmarks.timeline import seed
from sqlalchemy import delete, update

from microblog.clock import system_clock
from microblog.db import Database
from microblog.digests import digest
from microblog.digests.models import Digest
from support.plans import listening, plan, whole_tables

MEMBERS, POSTS, FOLLOWED, DUE = 20_000, 5_000, 50, 5
NEW = 3
TABLES = {"posts", "accounts", "follows", "digests"}  # those that are large here
LAST = "Index Only Scan Backward using pk_digests"  # the one with the greatest number, and no more


@pytest.fixture
def grown(database: Database) -> Database:
    """A community that has had its letters for long, but for a few new members; a few others' are due."""
    add_accounts(database, MEMBERS, "a hash of nothing")
    seed(database, POSTS, MEMBERS, FOLLOWED)
    with database.writing() as session:
        session.execute(delete(Digest).where(Digest.account_id > MEMBERS - NEW))
        session.execute(
            update(Digest).where(Digest.account_id <= DUE).values(due_at=system_clock() - timedelta(hours=1))
        )
    return database


def test_the_weekly_letters_read_no_table_from_end_to_end(grown: Database) -> None:
    now = system_clock()
    with grown.writing() as session, listening(session) as asked:
        done = digest.enrol(session, now), digest.queue_due(session, now)
    assert done == (NEW, DUE)
    with grown.reading() as session:
        looked = [(words, given) for words, given in asked if not words.startswith("INSERT")]
        shown = [plan(session, words, given) for words, given in looked if not isinstance(given, list)]
    assert len(shown) > DUE
    for one in shown:
        assert whole_tables(one.replace(LAST, ""), TABLES) == set(), one

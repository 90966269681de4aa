"""A table that somebody else has locked, on PostgreSQL: an answer within seconds, and nothing half-written."""

from contextlib import closing

import psycopg
import pytest
from sqlalchemy import func, make_url, select

from microblog.mail import Email
from support.running import RunningSite


@pytest.fixture
def site(on_postgres: RunningSite) -> RunningSite:
    """A trial on PostgreSQL, whose worker rests."""
    return on_postgres.start(deliver=False)


def test_a_locked_table_is_told_and_what_was_typed_is_kept(site: RunningSite) -> None:
    url = make_url(site.settings.database_url).set(drivername="postgresql")
    with closing(psycopg.connect(url.render_as_string(hide_password=False))) as other:
        other.execute("LOCK TABLE allowances")
        answer = site.visitor().submit("/reset_password_request", email="alice@example.com")
    assert answer.status == 503
    assert "Nothing was changed" in answer.words
    assert answer.value_of("email") == "alice@example.com"
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Email)) == 0

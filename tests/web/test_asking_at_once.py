"""Many ask for a letter at once, in two processes: on PostgreSQL, where two transactions can wait for each other."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from microblog.limits import Allowance, Limit, Limits
from support.postgres import Postgres
from support.running import RunningSite

PAGE = "/reset_password_request"
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture
def site(tmp_path: Path, postgres: Postgres) -> Iterator[RunningSite]:
    """A trial on PostgreSQL, whose worker rests."""
    with postgres.fresh() as url:
        running = RunningSite(tmp_path / "data", url).start(deliver=False)
        yield running
        running.stop()


def shared_by_all(site: RunningSite) -> str:
    """The key of the row that everybody who asks is counted in."""
    limit = Limit("reset requests", site.settings.limits.reset_per_site)
    return Limits(site.settings.keys("limits")[0]).key(limit, "all")


def until_somebody_waits(site: RunningSite) -> None:
    """Wait for that, with a new look each time: one transaction sees one moment."""
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline:
        with site.database.reading() as db:
            if db.scalar(WAITING):
                return
        time.sleep(0.02)
    pytest.fail("nobody waits")


def free_rows(site: RunningSite) -> set[str]:
    """The rows that nobody holds."""
    with site.database.writing() as db:
        return set(db.scalars(select(Allowance.key).with_for_update(skip_locked=True)))


def test_whoever_waits_for_what_all_share_holds_nothing_that_another_who_asks_may_want(site: RunningSite) -> None:
    site.visitor().submit(PAGE, email="alice@example.com")
    everybodys, statuses = shared_by_all(site), list[int]()
    rows = free_rows(site)
    assert everybodys in rows
    visitor = site.visitor()
    fields = {"csrf_token": visitor.token_in(visitor.get(PAGE)), "email": "alice@example.com"}
    asks = threading.Thread(target=lambda: statuses.append(visitor.post(PAGE, fields, follow=False).status))
    with site.database.writing() as db:
        db.execute(update(Allowance).where(Allowance.key == everybodys).values(full_at=Allowance.full_at))
        asks.start()
        until_somebody_waits(site)
        assert free_rows(site) == rows - {everybodys}
    asks.join()
    assert statuses == [303]

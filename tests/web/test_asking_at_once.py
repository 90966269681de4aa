"""Many ask for a letter at once, in two processes: on PostgreSQL, where two transactions can wait for each other."""

import threading

import pytest
from sqlalchemy import select, update

from microblog.limits import Allowance, Limit, Limits
from support.running import RunningSite
from web.moments import until_somebody_waits

PAGE = "/reset_password_request"


@pytest.fixture
def site(on_postgres: RunningSite) -> RunningSite:
    """A trial on PostgreSQL, whose worker rests."""
    return on_postgres.start(deliver=False)


def shared_by_all(site: RunningSite) -> str:
    """The key of the row that everybody who asks is counted in."""
    limit = Limit("reset requests", site.settings.limits.reset_per_site)
    return Limits(site.settings.keys("limits")[0]).key(limit, "all")


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

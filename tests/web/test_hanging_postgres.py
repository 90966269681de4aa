"""A PostgreSQL server that hangs, and one that is started again, as visitors, monitors and the worker see it."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from journeys.trial import wait_for
from microblog.web.server.waitress_server import THREADS
from support.hanging import hanging
from support.postgres import Postgres
from support.running import RunningSite

DOES_NOT_ANSWER = {
    "database": "away",
    "worker": "unknown",
    "reason": "the database does not answer in time",
}


@pytest.fixture
def site(tmp_path: Path, own_postgres: Postgres) -> Iterator[RunningSite]:
    """A trial on a server of its own, whose worker is to be started."""
    with own_postgres.fresh() as url:
        running = RunningSite(tmp_path / "data", url)
        yield running
        running.stop()


def health(site: RunningSite) -> tuple[int, dict[str, str]]:
    answer = site.visitor().get("/healthz")
    return answer.status, json.loads(answer.text)


def signed_in_wrongly(site: RunningSite, name: str) -> int:
    """Open a page that reads the database and send its form; return the status of what is shown then."""
    return site.visitor().submit("/login", username=name, password="wrong").status


def statuses(site: RunningSite, pool: ThreadPoolExecutor, count: int) -> list["Future[int]"]:
    """Do that in so many browsers at once."""
    return [pool.submit(signed_in_wrongly, site, f"nobody{number}") for number in range(count)]


@pytest.mark.parametrize("count", [1, 2 * THREADS], ids=["one visitor", "more than there are threads"])
def test_pages_and_the_health_check_say_so_while_the_server_still_hangs(
    site: RunningSite, own_postgres: Postgres, count: int
) -> None:
    site.start(deliver=False)
    with ThreadPoolExecutor(count) as pool:
        assert {one.result() for one in statuses(site, pool, count)} == {422}
        with hanging(own_postgres):
            opened = statuses(site, pool, count)
            assert health(site) == (503, DOES_NOT_ANSWER)
            assert {one.result() for one in opened} == {503}
            assert health(site) == (503, DOES_NOT_ANSWER)
        assert {one.result() for one in statuses(site, pool, count)} == {422}
    assert health(site)[0] == 200


def test_a_health_check_does_not_wait_for_a_server_that_nobody_else_asked(
    site: RunningSite, own_postgres: Postgres
) -> None:
    site.start(deliver=False)
    with hanging(own_postgres):
        assert health(site) == (503, DOES_NOT_ANSWER)
    assert health(site)[0] == 200


def test_the_first_visitor_after_a_restart_sees_no_error(site: RunningSite, own_postgres: Postgres) -> None:
    site.start(deliver=False)
    with ThreadPoolExecutor(THREADS) as pool:
        assert {one.result() for one in statuses(site, pool, THREADS)} == {422}
        own_postgres.restart()
        assert {one.result() for one in statuses(site, pool, THREADS)} == {422}


@pytest.mark.parametrize("hung", [True, False], ids=["hung", "was started again"])
def test_letters_leave_after_the_server(site: RunningSite, own_postgres: Postgres, hung: bool) -> None:
    site.start()
    site.sign_up("alice")
    if hung:
        with hanging(own_postgres):
            wait_for(lambda: health(site)[0] == 503)
    else:
        own_postgres.restart()
    assert site.visitor().submit("/reset_password_request", email="alice").status == 200
    assert len(site.letters(2)) == 2

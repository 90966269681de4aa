"""The pages that machines ask: /healthz, for who sends visitors here, and /healthz/worker, for who rings a bell."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from microblog.mail import WorkerSeen
from support.away import away, connected
from support.clock import NOON
from support.postgres import Postgres
from support.running import RunningSite
from support.visitor import Answer

WELL = {"database": "ok", "worker": "ok"}
NOBODY_DELIVERS = {"database": "ok", "worker": "away"}
NO_DATABASE = {
    "database": "away",
    "worker": "unknown",
    "reason": "the database cannot be used; the log says why",
}
TOO_SLOW = NO_DATABASE | {"reason": "the database does not answer in time"}


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A trial whose worker rests."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def seen(site: RunningSite, **ago: float) -> None:
    """Let a worker show itself so long ago."""
    at = NOON - timedelta(**ago)
    row = WorkerSeen(id=f"{at}", name="here", version="1", started_at=at, seen_at=at, trouble="535 5.7.8 no")
    with site.database.writing() as session:
        session.add(row)


def asked(site: RunningSite, path: str = "/healthz", method: str = "GET") -> Answer:
    return site.visitor().ask(method, path)


def said(answer: Answer) -> tuple[int, dict[str, str]]:
    return answer.status, json.loads(answer.text)


def test_a_site_without_delivery_still_serves(site: RunningSite) -> None:
    assert said(asked(site)) == (200, NOBODY_DELIVERS)
    assert said(asked(site, "/healthz/worker")) == (503, {"worker": "away"})


@pytest.mark.parametrize(("ago", "worker"), [(0, "ok"), (59.9, "ok"), (60, "away"), (3600, "away")])
def test_a_worker_lives_while_it_has_shown_itself_within_a_minute(site: RunningSite, ago: float, worker: str) -> None:
    seen(site, seconds=ago)
    assert said(asked(site)) == (200, {"database": "ok", "worker": worker})
    assert said(asked(site, "/healthz/worker")) == (200 if worker == "ok" else 503, {"worker": worker})


def test_one_living_worker_is_enough(site: RunningSite) -> None:
    seen(site, hours=5)
    seen(site, seconds=5)
    assert said(asked(site)) == (200, WELL)


def test_a_running_worker_is_seen(tmp_path: Path, database_url: str) -> None:
    with ExitStack() as stack:
        site = RunningSite(tmp_path / "data", database_url).start()
        stack.callback(site.stop)
        deadline = time.monotonic() + 20
        while asked(site, "/healthz/worker").status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert said(asked(site)) == (200, WELL)


@pytest.mark.parametrize("path", ["/healthz", "/healthz/worker"])
def test_the_answer_is_kept_by_nobody_and_tells_nothing_else(site: RunningSite, path: str) -> None:
    seen(site, seconds=1)
    for method in ("GET", "HEAD"):
        answer = asked(site, path, method)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    assert answer.text == ""
    assert set(json.loads(asked(site, path).text).values()) == {"ok"}


def test_it_answers_while_somebody_writes(site: RunningSite) -> None:
    """On SQLite the writer holds the only lock there is."""
    with site.database.writing() as session:
        session.execute(text("DELETE FROM workers"))
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        assert said(asked(site)) == (200, NOBODY_DELIVERS)


def test_it_waits_two_seconds_for_a_table_that_is_being_changed(
    tmp_path: Path, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    """On PostgreSQL: there is no such lock on SQLite. A page would wait longer, until its lock_timeout."""
    with postgres.fresh() as url, ExitStack() as stack:
        site = RunningSite(tmp_path / "data", url).start(deliver=False)
        stack.callback(site.stop)
        with connected(url) as other, other.transaction():
            other.execute("LOCK TABLE workers")
            assert said(asked(site)) == (503, TOO_SLOW)
            assert "statement timeout" in caplog.text
        assert said(asked(site)) == (200, NOBODY_DELIVERS)


def test_a_database_that_is_away_is_said_and_nothing_more(site: RunningSite) -> None:
    with away(site):
        assert said(asked(site)) == (503, NO_DATABASE)
        assert said(asked(site, "/healthz/worker")) == (503, {"worker": "unknown"})
        assert asked(site, "/healthz", "HEAD").status == 503
    assert said(asked(site)) == (200, NOBODY_DELIVERS)

"""The pages that machines ask: /healthz, for who sends visitors here, and /healthz/worker, for who rings a bell."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from journeys.trial import wait_for
from microblog.mail import State, admin
from microblog.mail.outbox import WorkerSeen
from microblog.ops.trace import trace
from microblog.words.emails import story
from support.away import away, connected
from support.clock import NOON
from support.outbox import put_email
from support.postgres import Postgres
from support.running import PASSWORD, RunningSite, free_port
from support.visitor import Answer

WELL = {"database": "ok", "worker": "ok"}
NOBODY_DELIVERS = {"database": "ok", "worker": "away"}
NO_DATABASE = {
    "database": "away",
    "worker": "unknown",
    "reason": "the database cannot be used; the log says why",
}
TOO_SLOW = NO_DATABASE | {"reason": "the database does not answer in time"}


GONE = {"worker": "away", "reason": "No worker is running, so no email leaves."}


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A trial whose worker rests."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def seen(site: RunningSite, down: float = 0, trouble: str | None = "535 5.7.8 no", **ago: float) -> None:
    """Let a worker show itself so long ago, whose mail server has been down for so many minutes."""
    at = NOON - timedelta(**ago)
    row = WorkerSeen(id=f"{at}", name="here", version="1", started_at=at, seen_at=at, trouble=trouble)
    row.trouble_seconds = down * 60
    with site.database.writing() as session:
        session.add(row)


def asked(site: RunningSite, path: str = "/healthz", method: str = "GET") -> Answer:
    return site.visitor().ask(method, path)


def said(answer: Answer) -> tuple[int, dict[str, str]]:
    return answer.status, json.loads(answer.text)


def test_a_site_without_delivery_still_serves(site: RunningSite) -> None:
    assert said(asked(site)) == (200, NOBODY_DELIVERS)
    assert said(asked(site, "/healthz/worker")) == (503, GONE)


@pytest.mark.parametrize(("ago", "worker"), [(0, "ok"), (59.9, "ok"), (60, "away"), (3600, "away")])
def test_a_worker_lives_while_it_has_shown_itself_within_a_minute(site: RunningSite, ago: float, worker: str) -> None:
    seen(site, seconds=ago)
    assert said(asked(site)) == (200, {"database": "ok", "worker": worker})
    assert said(asked(site, "/healthz/worker")) == ((200, {"worker": "ok"}) if worker == "ok" else (503, GONE))


def test_one_living_worker_is_enough(site: RunningSite) -> None:
    seen(site, hours=5)
    seen(site, seconds=5)
    assert said(asked(site)) == (200, WELL)


@pytest.mark.parametrize(("down", "status"), [(0, 200), (4.9, 200), (5, 503), (300, 503)])
def test_a_mail_server_that_is_down_for_minutes_is_told_while_an_email_waits(
    site: RunningSite, down: float, status: int
) -> None:
    seen(site, down, seconds=3)
    assert asked(site, "/healthz/worker").status == 200
    put_email(site.database)
    answer = asked(site, "/healthz/worker")
    assert answer.status == status
    assert ("mail server has been unusable for" in answer.text) is (status == 503)
    assert "535" not in answer.text
    assert asked(site).status == 200


def test_the_minutes_are_a_setting(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(MAIL_DOWN_MINUTES="60").start(deliver=False)
    put_email(site.database)
    seen(site, 59, seconds=3)
    assert asked(site, "/healthz/worker").status == 200
    with site.database.writing() as session:
        session.execute(update(WorkerSeen).values(trouble_seconds=3600))
    assert asked(site, "/healthz/worker").status == 503


def test_another_worker_whose_mail_server_works_is_enough(site: RunningSite) -> None:
    put_email(site.database)
    seen(site, 90, seconds=3)
    assert asked(site, "/healthz/worker").status == 503
    seen(site, trouble=None, seconds=4)
    assert asked(site, "/healthz/worker").status == 200


@pytest.mark.parametrize("hours", [1, 25])
def test_a_worker_seen_by_a_clock_that_was_ahead_is_not_alive(site: RunningSite, hours: int) -> None:
    seen(site, hours=-hours)
    assert said(asked(site, "/healthz/worker")) == (503, GONE)


def test_a_real_worker_tells_of_a_server_where_nobody_listens(site_with: Callable[..., RunningSite]) -> None:
    """And says so of each email that waits."""
    server = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(free_port()), "MAIL_DOWN_MINUTES": "0"}
    site = site_with(**server, ADMINS="alice@example.com").start()
    sign_up(site, "alice")
    wait_for(lambda: (answer := asked(site, "/healthz/worker")).status == 503 and "unusable" in answer.text, 30)
    sign_up(site, "bob")
    with site.database.reading() as session:
        waiting = [story(one, NOON, admin.what_stops_delivery(session, NOON)) for one in entries(session)]
        told = trace(session, site.settings, "bob@example.com", NOON, 50).steps[-1].words
    for words in (*waiting, told):
        assert "The mail server cannot be used. It said: “connecting: nothing listens there" in words


def sign_up(site: RunningSite, name: str) -> None:
    address = f"{name}@example.com"
    answer = site.visitor().submit("/register", username=name, email=address, password=PASSWORD, password2=PASSWORD)
    assert answer.status == 200


def entries(session: Session) -> tuple[admin.EmailEntry, ...]:
    return admin.find(session, admin.Wanted(State.WAITING), size=9).entries


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
        assert said(asked(site, "/healthz/worker")) == (503, {"worker": "unknown", "reason": NO_DATABASE["reason"]})
        assert asked(site, "/healthz", "HEAD").status == 503
    assert said(asked(site)) == (200, NOBODY_DELIVERS)


def test_emails_that_are_held_after_a_restore_are_counted(site: RunningSite) -> None:
    put_email(site.database, State.HELD)
    assert said(asked(site)) == (200, {**NOBODY_DELIVERS, "held_emails": 1})

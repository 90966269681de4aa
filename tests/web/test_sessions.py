"""Sessions last by the site's clock, on every host alike."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.clock import NOON
from support.running import RunningSite
from support.visitor import Visitor

FORGOT = "/reset_password_request"
LIFETIME = timedelta(days=30, hours=1)
LONG_AGO, FAR_AHEAD = datetime(2001, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
Host = Callable[[datetime], RunningSite]


@pytest.fixture
def host(tmp_path: Path, sqlite_template: Path) -> Iterator[Host]:
    """Starts one more host of the same site, with a clock that shows what it is told."""
    path = shutil.copy(sqlite_template, tmp_path / "microblog.db")
    with ExitStack() as stack:

        def start(time: datetime) -> RunningSite:
            site = RunningSite(tmp_path / "data", f"sqlite:///{path}")
            site.clock.now = time
            stack.callback(site.stop)
            return site.start(deliver=False)

        yield start


def sent_to(site: RunningSite, visitor: Visitor, token: str) -> int:
    """Send a form that was opened on one host to another, and return the answer's status."""
    visitor.base = site.base
    return visitor.post(FORGOT, {"csrf_token": token, "email": "alice"}, follow=False).status


def opened_on(site: RunningSite) -> tuple[Visitor, str]:
    visitor = site.visitor()
    return visitor, visitor.token_in(visitor.get(FORGOT))


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5), timedelta(milliseconds=1)])
def test_a_session_of_one_host_holds_on_another_whose_clock_differs(host: Host, ahead: timedelta) -> None:
    visitor, token = opened_on(host(NOON + ahead))
    assert sent_to(host(NOON), visitor, token) == 303


@pytest.mark.parametrize("start", [LONG_AGO, FAR_AHEAD])
def test_a_session_ends_by_the_sites_clock_and_not_by_the_machines(host: Host, start: datetime) -> None:
    site = host(start)
    in_time, too_late = opened_on(site), opened_on(site)
    site.clock.now = start + LIFETIME
    assert sent_to(site, *in_time) == 303
    site.clock.now += timedelta(seconds=1)
    assert sent_to(site, *too_late) == 400


def test_a_session_somebody_changed_is_none(host: Host) -> None:
    site = host(NOON)
    visitor, token = opened_on(site)
    cookie = visitor.cookies["microblog"]
    value = str(cookie.value)
    cookie.value = ("a" if value[0] != "a" else "b") + value[1:]
    assert sent_to(site, visitor, token) == 400
    cookie.value = value[:-2]
    assert sent_to(site, visitor, token) == 400


@pytest.mark.parametrize(("ahead", "status"), [(timedelta(hours=25), 303), (LIFETIME + timedelta(days=1), 400)])
def test_a_session_signed_by_a_clock_that_was_ahead_is_trusted_for_as_long_as_any_other(
    host: Host, ahead: timedelta, status: int
) -> None:
    site = host(NOON + ahead)
    opened = opened_on(site)
    site.clock.now = NOON
    assert sent_to(site, *opened) == status

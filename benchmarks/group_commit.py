"""Requests a second of the reset form in a burst: group commit, against a transaction for each request.

The site is served alone, with emails left in the outbox. Where half of the requests are refused, four clients have one
address, which is over its limit, and four a new one for each request. `python -m benchmarks.group_commit PORT group`
(or `alone`) serves it.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from sqlalchemy.orm import Session

from benchmarks.load import FORM, MEMBERS
from benchmarks.testbed import (
    ENGINES,
    Testbed,
    answers,
    first_line,
    forget_letters,
    free_port,
    module,
    program,
    wait_until,
)
from benchmarks.turns import Comparison, Finding, Way, find, take_turns
from microblog.db import Database, GroupCommit
from microblog.settings import load
from microblog.web import create_app
from microblog.web.server.waitress_server import Server, listen_on

TITLE = f"Requests a second, POST {FORM}, by 8 clients"
SECONDS, CLIENTS = 3, 8
GROUP, ALONE = "group", "alone"
NONE, HALF = "none refused", "half refused"
SETTINGS = {
    NONE: {"LIMIT_RESET_PER_CLIENT": "1000000/hour", "LIMIT_RESET_PER_SITE": "1000000/hour"},
    HALF: {"TRUSTED_PROXIES": "1", "LIMIT_RESET_PER_CLIENT": "60/hour", "LIMIT_RESET_PER_SITE": "1000000/hour"},
}
T = TypeVar("T")


def write_alone(self: GroupCommit, act: Callable[[Session], T], order: str = "") -> T:  # noqa: ARG001 - as the other
    """Write in a transaction of its own."""
    with self._database.writing() as session, self._around(session):
        return act(session)


def main(port: int, way: str) -> None:
    """Serve."""
    logging.disable(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    if way == ALONE:
        GroupCommit.write = write_alone  # type: ignore[method-assign]
    settings = load()
    Server(create_app(settings, Database(settings.database_url)), listen_on("127.0.0.1", port)).run()


@contextmanager
def site(testbed: Testbed, engine: str, refusals: str, way: str) -> Iterator[Way]:
    """Measure the site, every turn from an empty outbox."""
    port, abuse = free_port(), ["abuse"] if refusals == HALF else []
    with testbed.database(engine, accounts=MEMBERS) as database:
        environ = testbed.environ(database, 1, PUBLIC_URL=f"http://localhost:{port}", **SETTINGS[refusals])
        with program(module("benchmarks.group_commit", port, way), environ):
            wait_until(lambda: answers(port), "serving")
            with program(module("benchmarks.load", port, FORM, CLIENTS, *abuse)) as load:

                def turn() -> float:
                    print(SECONDS, 1, file=load.stdin, flush=True)
                    rate = float(first_line(load))
                    forget_letters(database)
                    return rate

                yield turn


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure."""
    with ExitStack() as open_:
        ways = {
            f"{engine}, {refusals}, {way}": open_.enter_context(site(testbed, engine, refusals, way))
            for engine in ENGINES
            for refusals in SETTINGS
            for way in (GROUP, ALONE)
        }
        rates = take_turns(ways, turns)
    return [
        find(rates, Comparison(f"{engine}, {refusals}, {GROUP}", f"{engine}, {refusals}, {ALONE}", 1.3))
        for engine in ENGINES
        for refusals in SETTINGS
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

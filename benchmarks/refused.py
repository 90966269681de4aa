"""Requests a second of the reset form while half of them are refused: writing together, against each on its own.

The site is served alone, with emails left in the outbox. Four clients have one address, which is over its limit, and
four a new one for each request. `python -m benchmarks.refused PORT together` (or `alone`) serves it.
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
from microblog.db import Database
from microblog.settings import load
from microblog.together import Together
from microblog.web import create_app
from microblog.web.server.waitress_server import Server, listen_on

TITLE = f"Requests a second, POST {FORM}, by 8 clients, half of them refused"
SECONDS, CLIENTS = 3, 8
TOGETHER, ALONE = "together", "alone"
SETTINGS = {"TRUSTED_PROXIES": "1", "LIMIT_RESET_PER_CLIENT": "60/hour", "LIMIT_RESET_PER_SITE": "1000000/hour"}
T = TypeVar("T")


def write_alone(self: Together, act: Callable[[Session], T], order: str = "") -> T:  # noqa: ARG001 - as the other
    """Write in a transaction of its own."""
    with self._database.writing() as session, self._within(session):
        return act(session)


def main(port: int, way: str) -> None:
    """Serve."""
    logging.disable(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    if way == ALONE:
        Together.write = write_alone  # type: ignore[method-assign]
    settings = load()
    Server(create_app(settings, Database(settings.database_url)), listen_on("127.0.0.1", port)).run()


@contextmanager
def site(testbed: Testbed, engine: str, way: str) -> Iterator[Way]:
    """Measure the site, every turn from an empty outbox."""
    port = free_port()
    with testbed.database(engine, accounts=MEMBERS) as database:
        environ = testbed.environ(database, 1, PUBLIC_URL=f"http://localhost:{port}", **SETTINGS)
        with program(module("benchmarks.refused", port, way), environ):
            wait_until(lambda: answers(port), "serving")
            with program(module("benchmarks.load", port, FORM, CLIENTS, "abuse")) as load:

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
            f"{engine}, {way}": open_.enter_context(site(testbed, engine, way))
            for engine in ENGINES
            for way in (TOGETHER, ALONE)
        }
        rates = take_turns(ways, turns)
    return [find(rates, Comparison(f"{engine}, {TOGETHER}", f"{engine}, {ALONE}", 1.0)) for engine in ENGINES]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

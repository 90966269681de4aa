"""Can a stranger tell by the time of an answer who has an account? 200 shuffled pairs a turn, known against unknown.

The site is `microblog run`, delivery in the same process, with a mail server that takes two seconds. One client, on one
connection, asks for known and unknown names in turns, which of the two first by chance. Nothing is discarded but the
requests that warm it up. An area of 0.5 is what chance gives; that of one turn strays by 0.03 (one standard deviation).
"""

import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

from benchmarks.testbed import ENGINES, MICROBLOG, Testbed, answers, free_port, mail_server, program, wait_until
from benchmarks.turns import Likeness, area_under_curve
from microblog.auth import hash_password
from microblog.db import Database
from microblog.settings import SETTINGS

TITLE = "Known against unknown, by the time of the answer (median of the turns' areas under the curve)"
PAIRS = 200
WARM_UP = 20  # requests of each kind
PASSWORD = "seven small boats in the fog"
NO_LIMITS = {setting.name: "off" for setting in SETTINGS if setting.name.startswith("LIMIT_")}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KNOWN, UNKNOWN = "known", "unknown"
NAMES = {KNOWN: "member", UNKNOWN: "nobody"}  # of one length
Fields = Callable[[str, int], dict[str, str]]


def asking(name: str, number: int) -> dict[str, str]:  # noqa: ARG001 - as the others
    """Ask for a reset letter."""
    return {"email": f"{name}@example.com"}


def signing_in(name: str, number: int) -> dict[str, str]:  # noqa: ARG001
    """Sign in with a password that is nobody's."""
    return {"username": name, "password": PASSWORD}


def signing_up(name: str, number: int) -> dict[str, str]:
    """Sign up with an address, under a username that is free."""
    return {"username": f"guest{number}", "email": f"{name}@example.com", "password": PASSWORD, "password2": PASSWORD}


DOORS: dict[str, tuple[str, int, Fields]] = {
    "asking for a letter": ("/reset_password_request", 303, asking),
    "signing in": ("/login", 422, signing_in),
    "signing up": ("/register", 303, signing_up),
}


class Stranger:
    """One browser that holds a stopwatch."""

    def __init__(self, port: int, path: str, status: int, fields: Fields) -> None:
        self._line = HTTPConnection("localhost", port, timeout=30)
        self._path, self._status, self._fields = path, status, fields
        self._sent = 0
        self._line.request("GET", path)
        page = self._line.getresponse()
        cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
        found = TOKEN.search(page.read().decode())
        if not found:
            raise RuntimeError(f"there is no form at {path}")
        self._token = found[1]
        self._headers = {**FORM, "Cookie": cookie}

    def milliseconds(self, name: str) -> float:
        """Send the form for a name, and return how long the answer took.

        Raises:
            RuntimeError: it was another one than both kinds get.
        """
        self._sent += 1
        body = urlencode({"csrf_token": self._token, **self._fields(name, self._sent)})
        began = time.perf_counter()
        self._line.request("POST", self._path, body, self._headers)
        answer = self._line.getresponse()
        answer.read()
        took = time.perf_counter() - began
        if answer.status != self._status:
            raise RuntimeError(f"{self._path} answered {answer.status}")
        return took * 1000


def turn(stranger: Stranger, first: int) -> dict[str, list[float]]:
    """Ask for so many pairs of names that nobody asked for before, from this number on."""
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for number in range(first, first + PAIRS):
        for kind in random.sample([KNOWN, UNKNOWN], 2):
            times[kind].append(stranger.milliseconds(f"{NAMES[kind]}{number}"))
    return times


@contextmanager
def serving(testbed: Testbed, database: Database) -> Iterator[int]:
    """Serve the site on a port, with a mail server that takes its time."""
    port = free_port()
    with mail_server("--seconds", "2") as slow:
        environ = testbed.environ(database, slow.port, **NO_LIMITS, PUBLIC_URL=f"http://localhost:{port}")
        with program([MICROBLOG, "run", "--port", str(port)], environ):
            wait_until(lambda: answers(port), "serving")
            yield port


def measure(what: str, stranger: Stranger, turns: int) -> Likeness:
    """Take a door's times, turn by turn."""
    for number in range(WARM_UP):
        for name in NAMES.values():
            stranger.milliseconds(f"{name}{number}")
    found = [turn(stranger, WARM_UP + PAIRS * number) for number in range(turns)]
    areas = [area_under_curve(times[KNOWN], times[UNKNOWN]) for times in found]
    known, unknown = (statistics.median(time for times in found for time in times[kind]) for kind in (KNOWN, UNKNOWN))
    return Likeness(what, KNOWN, UNKNOWN, (known, unknown), statistics.median(areas))


def run(testbed: Testbed, turns: int) -> list[Likeness]:
    """Measure every door on both databases."""
    members, password_hash = WARM_UP + PAIRS * turns, hash_password("a quiet evening by the river")
    findings = []
    for engine in ENGINES:
        with testbed.database(engine, accounts=members, password_hash=password_hash) as database:
            for door, (path, status, fields) in DOORS.items():
                with serving(testbed, database) as port:
                    stranger = Stranger(port, path, status, fields)
                    findings.append(measure(f"{engine}, {door}", stranger, turns))
    return findings

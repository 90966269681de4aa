"""Requests a second of the reset form: with a slow mail server, with many accounts, against a view that does nothing.

The site is `microblog run`, delivery in the same process, on the real server; the clients are a process of their own.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.bare_view import PATH
from benchmarks.load import FORM, MEMBERS
from benchmarks.testbed import (
    ENGINES,
    MICROBLOG,
    Testbed,
    answers,
    first_line,
    forget_letters,
    free_port,
    mail_server,
    module,
    program,
    wait_until,
)
from benchmarks.turns import Comparison, Finding, Way, find, take_turns

TITLE = f"Requests a second, POST {FORM}, by 8 clients"
SECONDS, CLIENTS = 3, 8
MANY = 1_000_000
BARE, OURS = "a view that does nothing, in bare Flask", "a view that does nothing, in our application"


@contextmanager
def clients(port: int, path: str = FORM, stride: int = 1, after: Callable[[], None] = lambda: None) -> Iterator[Way]:
    """Measure whoever serves that path on that port; `after` each turn, tidy up."""
    wait_until(lambda: answers(port), "serving")
    with program(module("benchmarks.load", port, path, CLIENTS)) as load:

        def turn() -> float:
            print(SECONDS, stride, file=load.stdin, flush=True)
            rate = float(first_line(load))
            after()
            return rate

        yield turn


@contextmanager
def site(testbed: Testbed, engine: str, mail_port: int, accounts: int) -> Iterator[Way]:
    """Measure the site, with so many accounts, every turn from an empty outbox."""
    port = free_port()
    with testbed.database(engine, accounts=accounts) as database:
        environ = testbed.environ(database, mail_port, PUBLIC_URL=f"http://localhost:{port}")
        served = program([MICROBLOG, "run", "--port", str(port)], environ)
        with served, clients(port, FORM, accounts // MEMBERS, lambda: forget_letters(database)) as turn:
            yield turn


@contextmanager
def bare() -> Iterator[Way]:
    """Measure a view that does nothing, in a Flask application of its own."""
    port = free_port()
    with program(module("benchmarks.bare_view", port)), clients(port, PATH) as turn:
        yield turn


@contextmanager
def ours(testbed: Testbed) -> Iterator[Way]:
    """Measure a view that does nothing, in the product's application."""
    port = free_port()
    with testbed.database("SQLite") as database:
        environ = testbed.environ(database, 1, PUBLIC_URL=f"http://localhost:{port}")
        with program(module("benchmarks.bare_view", port, "ours"), environ), clients(port, PATH) as turn:
            yield turn


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure."""
    with ExitStack() as open_:
        slow, instant = open_.enter_context(mail_server("--seconds", "2")), open_.enter_context(mail_server())
        ways = {BARE: open_.enter_context(bare()), OURS: open_.enter_context(ours(testbed))}
        comparisons = []
        for engine in ENGINES:
            few, waiting, many = (
                f"{engine}, {what}" for what in ("1,000 accounts", "a mail server that takes 2 s", "1,000,000 accounts")
            )
            ways |= {
                few: open_.enter_context(site(testbed, engine, instant.port, MEMBERS)),
                waiting: open_.enter_context(site(testbed, engine, slow.port, MEMBERS)),
                many: open_.enter_context(site(testbed, engine, instant.port, MANY)),
            }
            comparisons += [Comparison(waiting, few, 0.9), Comparison(waiting, OURS, 0.5), Comparison(waiting, BARE)]
            comparisons.append(Comparison(many, few, 0.9))
        rates = take_turns(ways, turns)
    return [find(rates, comparison) for comparison in comparisons]

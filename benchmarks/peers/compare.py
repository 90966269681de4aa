"""Taking turns with the peers: how many people a second were answered, and had their email."""

import smtplib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.load import MEMBERS
from benchmarks.peers.contenders import CORES, DJANGO, PEERS, Serving, ours, theirs
from benchmarks.processes import cpu_seconds, memory_mib
from benchmarks.testbed import ENGINES, Testbed, answers, first_line, mail_server, module, program, wait_until
from benchmarks.turns import Comparison, Finding, find, take_turns

TITLE = f"A forgotten password on {CORES} cores: {MEMBERS:,} people, GET and POST, every email delivered"
CLIENTS, GOAL, OURS = 32, 1.5, "microblog run"
LOOK_EVERY = 0.01  # seconds, at how many emails the mail server has


@dataclass(frozen=True)
class Outcome:
    """What came of one turn, a second each; of the processor's seconds those of the site and of its database count."""

    answers: float
    emails: float
    people_by_processor: float
    memory: float


FIGURES: dict[str, Callable[[Outcome], float]] = {
    "answers a second": lambda outcome: outcome.answers,
    "emails a second": lambda outcome: outcome.emails,
    "people a second of processor": lambda outcome: outcome.people_by_processor,
}


@contextmanager
def measuring(serving: Serving, mail_port: int, postgres: int) -> Iterator[Callable[[], Outcome]]:
    """Yield what has everybody ask once and measures until the last email has arrived."""
    wait_until(lambda: answers(serving.port), "serving")
    visitors = module("benchmarks.visitors", serving.port, serving.path, CLIENTS, serving.token)
    with program(visitors) as load, smtplib.SMTP("127.0.0.1", mail_port) as line:

        def arrived() -> int:
            return int(line.docmd("XCOUNT")[1])

        def worked() -> float:
            return cpu_seconds(serving.pid) + cpu_seconds(postgres)

        def turn() -> Outcome:
            emails, work = arrived() + serving.people, worked()
            print(serving.people, file=load.stdin, flush=True)
            while arrived() < emails:
                time.sleep(LOOK_EVERY)
            mailed, work = time.monotonic(), worked() - work
            began, answered = map(float, first_line(load).split())
            memory = memory_mib(serving.pid)
            serving.tidy()
            if arrived() != emails:
                raise RuntimeError(f"{arrived() - emails} emails too many")
            people = serving.people
            return Outcome(people / (answered - began), people / (mailed - began), people / work, memory)

        yield turn


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure, after one turn each that does not count, and print what each site holds in memory."""
    with ExitStack() as open_:
        mail_port = open_.enter_context(mail_server()).port
        ways = {}
        for engine in ENGINES:
            sites = {OURS: ours(testbed, engine, mail_port)}
            sites |= {peer.name: theirs(testbed, engine, mail_port, peer) for peer in PEERS}
            for name, site in sites.items():
                serving = open_.enter_context(site)
                way = open_.enter_context(measuring(serving, mail_port, testbed.postgres_pid))
                ways[f"{name}, {engine}"] = way
        take_turns(ways, 1)
        outcomes = take_turns(ways, turns)
    for name, found in outcomes.items():
        print(f"  {name:30} {median(outcome.memory for outcome in found):5.0f} MiB")
    return list(compared(outcomes))


def compared(outcomes: Mapping[str, Sequence[Outcome]]) -> Iterator[Finding]:
    """Set us against each peer, figure by figure."""
    for figure, value in FIGURES.items():
        rates = {f"{name}, {figure}": [value(outcome) for outcome in found] for name, found in outcomes.items()}
        for engine in ENGINES:
            for peer in PEERS:
                goal = GOAL if peer is DJANGO else None
                ours_so, theirs_so = (f"{name}, {engine}, {figure}" for name in (OURS, peer.name))
                yield find(rates, Comparison(ours_so, theirs_so, goal))

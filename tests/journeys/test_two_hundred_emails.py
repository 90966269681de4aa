"""Two hundred letters and ten power cuts, or no mail server for a while: every letter arrives, and hardly one twice.

The stories wait much, for leases to run out and for a server to come back, so they are played side by side.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

import pytest

from journeys.crowd import CROWD, NO_LIMITS, address, all_have_one, enrol, forget
from journeys.trial import Trial, wait_for
from microblog.db import Database
from support.postgres import Postgres
from support.running import Process, free_port, start, wait_for_site
from support.smtp_server import SmtpServer
from support.visitor import Visitor

KILLS = 10
THREADS = 2  # each with a connection: at most one letter of each is between the server's yes and our mark
AT_ONCE = len(CROWD) // KILLS
PATIENCE = 200.0  # seconds; everything is on this computer at once
AWAY = 20.0
CLIENTS = 8
Story = Callable[[Path, Postgres], None]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[dict[Story, "Future[None]"]]:
    """All stories, begun."""
    with ThreadPoolExecutor() as stage:
        stories = (killed_on_sqlite, killed_on_postgresql, without_a_mail_server)
        yield {story: stage.submit(story, tmp_path_factory.mktemp("letters"), postgres) for story in stories}


@pytest.mark.timeout(600)
def test_twenty_seconds_without_a_mail_server_in_a_burst_of_requests_lose_and_double_nothing(
    played: dict[Story, "Future[None]"],
) -> None:
    played[without_a_mail_server].result()


@pytest.mark.timeout(600)
def test_three_workers_on_postgresql_lose_no_letter_and_repeat_hardly_one(
    played: dict[Story, "Future[None]"],
) -> None:
    played[killed_on_postgresql].result()


@pytest.mark.timeout(600)
def test_the_one_command_site_on_sqlite_loses_no_letter_and_repeats_hardly_one(
    played: dict[Story, "Future[None]"],
) -> None:
    played[killed_on_sqlite].result()


def killed_on_sqlite(folder: Path, _: Postgres) -> None:
    """Site and delivery in one process, killed ten times, letters asked for by the site or put into the database."""
    chance, server = Random(1123), slow_server()
    with Trial(folder, MAIL_CONNECTIONS=str(THREADS), **NO_LIMITS).mail_to(server.port) as trial:
        assert trial.command("db upgrade").status == 0
        with closing(Database(f"sqlite:///{folder}/data/microblog.db")) as database:
            enrol(database)
            for turn in range(KILLS):
                asking = CROWD[turn * AT_ONCE : (turn + 1) * AT_ONCE]
                by_web = asking[:4] if turn % 2 else []
                forget(database, asking[len(by_web) :])
                came = one_more(server)
                process = another("run", trial)
                wait_for(came, PATIENCE)
                if by_web:
                    wait_for_site(trial.base, process, PATIENCE)
                    ask_by_web(trial, by_web)
                time.sleep(chance.uniform(0, 0.3))
                process.kill()
        another("run", trial)
        assert all_have_one(trial, server, PATIENCE) <= KILLS * THREADS
        assert any(row.tries > 1 for row in trial.outbox()), "no kill met a letter"
    server.stop()


def killed_on_postgresql(folder: Path, postgres: Postgres) -> None:
    """Three workers, of which ten times one is killed and another comes."""
    chance, server = Random(321), slow_server()
    with (
        postgres.fresh() as url,
        closing(Database(url)) as database,
        Trial(folder, DATABASE_URL=url, MAIL_CONNECTIONS=str(THREADS), **NO_LIMITS).mail_to(server.port) as trial,
    ):
        enrol(database)
        workers = [another("worker", trial) for _ in range(3)]
        for turn in range(KILLS):
            came = one_more(server)
            forget(database, CROWD[turn * AT_ONCE : (turn + 1) * AT_ONCE])
            wait_for(came, PATIENCE)
            time.sleep(chance.uniform(0, 0.3))
            workers.pop(chance.randrange(len(workers))).kill()
            workers.append(another("worker", trial))
        assert all_have_one(trial, server, PATIENCE) <= KILLS * THREADS
        assert any(row.tries > 1 for row in trial.outbox()), "no kill met a letter"
    server.stop()


def without_a_mail_server(folder: Path, _: Postgres) -> None:
    """Two hundred requests by eight clients, and for twenty seconds nobody listens for letters."""
    with Trial(folder, **NO_LIMITS).mail_to(free_port()) as trial:
        assert trial.command("db upgrade").status == 0
        with closing(Database(f"sqlite:///{folder}/data/microblog.db")) as database:
            enrol(database)
        wait_for_site(trial.base, another("run", trial), PATIENCE)
        begun = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(lambda number: ask_by_web(trial, CROWD[number::CLIENTS]), range(CLIENTS)))
        time.sleep(max(0.0, AWAY - (time.monotonic() - begun)))
        assert {row.state for row in trial.outbox()} <= {"waiting", "sending"}
        server = SmtpServer(port=int(trial.environ["MAIL_PORT"])).start()
        assert all_have_one(trial, server, PATIENCE) == 0
        assert [row.tries for row in trial.outbox()] == [1] * len(CROWD)
    server.stop()


def slow_server() -> SmtpServer:
    """Start a mail server that has a letter for a while before it says so: when most kills come."""
    server = SmtpServer().start()
    server.script.lingers = 0.03
    return server


def another(command: str, trial: Trial) -> Process:
    """Start one more process, and do not wait for it."""
    process = start(command, trial.folder / f"{command}-{len(trial.processes)}.log", trial.environ)
    trial.processes.append(process)
    return process


def one_more(server: SmtpServer) -> Callable[[], bool]:
    """Return what tells whether a letter came since."""
    before = len(server.delivered)
    return lambda: len(server.delivered) > before


def ask_by_web(trial: Trial, names: list[str]) -> None:
    """Be one client, who asks for several members from one browser, and again where the site is too busy to note it."""
    visitor = trial.visitor()
    for name in names:
        wait_for(partial(is_noted, visitor, address(name)), PATIENCE)


def is_noted(visitor: Visitor, to: str) -> bool:
    answer = visitor.submit("/reset_password_request", email=to, follow=False)
    assert answer.status in (303, 503), answer.words
    return answer.status == 303

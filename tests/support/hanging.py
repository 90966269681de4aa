"""A PostgreSQL that hangs: stopped where it stands, its connections still taken by the kernel."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support.postgres import Postgres


def children_of(parent: int) -> list[int]:
    """Return the processes that one made."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it ended meanwhile
            if f"\nPPid:\t{parent}\n" in status.read_text():
                found.append(int(status.parent.name))
    return found


def signal_all(processes: list[int], number: signal.Signals) -> None:
    """Send a signal to each process that still exists."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


@contextmanager
def hanging(server: Postgres) -> Iterator[None]:
    """Stop every process of a server, as where its disk is gone."""
    stopped = [server.pid]
    try:
        signal_all(stopped, signal.SIGSTOP)  # it first, so that it makes no more
        stopped += children_of(server.pid)
        signal_all(stopped, signal.SIGSTOP)
        yield
    finally:
        signal_all(stopped, signal.SIGCONT)

"""Several processes that are one command: forked after everything is loaded, watched, and ended together.

Forked, for so they share the memory of what is loaded. The parent runs no thread and keeps no connection to the
database, which a fork would break; it waits for its children, starts one again that died, and passes a stop on.
"""

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

log = logging.getLogger(__name__)

STOPS = (signal.SIGINT, signal.SIGTERM)
STEADY = 10.0  # seconds after which a death is no failure to start
ON_ITS_WAY = 1.0  # seconds; a child may hear before us of a stop that is told to every process

Work = Callable[[], None]


class ChildFailed(Exception):  # noqa: N818 - named after what happened
    """A child ended soon after its start, or though nobody asked it to. Starting it again would not help."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Processes:
    """One child for each piece of work, for as long as the parent lives."""

    def __init__(self, works: Mapping[str, Work]) -> None:
        self._works = works
        self._running: dict[int, tuple[str, float]] = {}
        self._lifeline = os.pipe()
        """Nothing is written to it. It closes with the parent, however that ends, and so tells the children."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run all of them meanwhile; at the end have them finish what is in hand, and wait for that."""
        gc.collect()
        gc.freeze()  # what is loaded is no garbage: looking at it would copy its memory into each child
        try:
            for name in self._works:
                self._start(name)
            yield
        finally:
            self._end()

    def watch(self) -> None:
        """Start again whoever dies, until the parent is told to stop.

        Raises:
            ChildFailed: it would die again, or has ended by itself.
        """
        while True:
            pid, ended = os.waitpid(-1, 0)
            name, started = self._running.pop(pid)
            status = os.waitstatus_to_exitcode(ended)
            if status == 0:
                time.sleep(ON_ITS_WAY)
            if status == 0 or time.monotonic() - started < STEADY:
                log.error("the %s process %s ended (%s) soon after its start, so all processes stop", name, pid, status)
                raise ChildFailed(abs(status))
            log.error("the %s process %s died (%s) and is started again", name, pid, status)
            self._start(name)

    def _end(self) -> None:
        """Tell the children to stop, and wait until they have. A stop that comes now changes nothing; a second one
        ends this process at once.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        for pid in self._running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        with suppress(SystemExit):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        with suppress(ChildProcessError):  # there are no more
            while True:
                with suppress(SystemExit):
                    os.waitpid(-1, 0)

    def _start(self, name: str) -> None:
        """Fork. Signals wait meanwhile, so that none meets a child that would take itself for the parent."""
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        pid = os.fork()
        if pid == 0:
            self._be_child(self._works[name])
        self._running[pid] = (name, time.monotonic())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    def _be_child(self, work: Work) -> None:
        """Work until told to stop, and never return."""
        status = 1
        try:
            os.close(self._lifeline[1])
            threading.Thread(target=self._die_with_parent, name="lifeline", daemon=True).start()
            stop_once()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            work()
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
        except BaseException:
            log.exception("a process ends by a fault")
        finally:
            with suppress(OSError):
                sys.stdout.flush()
            os._exit(status)

    def _die_with_parent(self) -> None:
        """End at once where the parent was killed: what was in hand is as after a crash, and the port is free."""
        os.read(self._lifeline[0], 1)
        os._exit(1)


def stop_once() -> None:
    """Let SIGTERM end this process, and further ones change nothing: a service manager tells every process.

    Ctrl-C, which reaches every process of a terminal too, is the parent's to pass on.
    """

    def heard(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, heard)


@contextmanager
def stops_delayed() -> Iterator[None]:
    """Let a stop wait until the block is done: raised in the middle of it, it would leave something half made."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Let SIGINT or SIGTERM end what is done within, and nothing more; a second one ends the process at once."""

    def heard(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        for one in STOPS:
            signal.signal(one, signal.SIG_DFL)
        raise SystemExit(0)

    for number in STOPS:
        signal.signal(number, heard)
    with suppress(SystemExit):
        yield

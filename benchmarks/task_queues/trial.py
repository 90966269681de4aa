"""Where one way is tried: a folder, a mail server, a broker, an application and its workers."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from benchmarks.smtp_sink import Sink
from benchmarks.task_queues.ways import Way
from benchmarks.testbed import answers, free_port, wait_until

JOBS = Path(__file__).parent / "jobs"
LETTER_SECONDS, AT_ONCE = 0.5, 16
CONNECTIONS = 2  # of one of our workers, unless MAIL_CONNECTIONS is set
THREADS = 6  # what asyncio's own pool has on two cores, whatever concurrency Procrastinate is asked for


class Trial:
    """`arrived` is each letter's number and the moment of its 250."""

    def __init__(self, way: Way, binaries: Path, postgres: str) -> None:
        """Take a way, the folder of its Python, and a PostgreSQL database for itself alone."""
        self.way = way
        self.arrived: list[tuple[int, float]] = []
        self.folder = Path(mkdtemp(prefix="microblog-queues-"))
        self._sink = Sink(LETTER_SECONDS, AT_ONCE, taken=self._take)
        self._redis = free_port()
        self._environ = self._environment(binaries, postgres)
        self._log = (self.folder / "log").open("w")
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        """Start what application and workers need."""
        self._sink.start()
        command = ["redis-server", "--port", str(self._redis), "--dir", str(self.folder)]
        self._broker = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(lambda: answers(self._redis), "Redis")
        for library, command_line in (
            ("procrastinate", "procrastinate --app on_procrastinate.app schema --apply"),
            ("outbox", "microblog db upgrade && python on_outbox.py members"),
        ):
            if library == self.way.library and self.start(command_line).wait():
                raise SystemExit(self.log())
        return self

    def __exit__(self, *_: object) -> None:
        """End all of it."""
        self.kill()
        self._broker.terminate()
        self._broker.wait()
        self._sink.close()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """Return the end of what all its processes said."""
        return (self.folder / "log").read_text()[-3000:]

    def work(self, at_once: int, *, ticks: bool = False) -> None:
        """Start workers for so many jobs at once."""
        command = self.way.ticker if ticks and self.way.ticker else self.way.worker
        in_one = 1 if ticks else CONNECTIONS if self.way.ours else THREADS
        processes = -(-at_once // in_one)
        if command:
            self.start(f"AT_ONCE={at_once}; MANY={processes}; THREADS={min(at_once, THREADS)}; {command}")

    def ask(self, what: str, count: int) -> "subprocess.Popen[str]":
        """Let the application ask for so many letters or ticks."""
        return self.start(f"exec python ask.py {self.way.library} {what} {count}", stdout=subprocess.PIPE)

    def start(self, command: str, stdout: int | None = None) -> "subprocess.Popen[str]":
        """Run a command in a session of its own."""
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=JOBS,
            env=self._environ,
            stdout=self._log if stdout is None else stdout,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self._running.append(process)
        return process

    def kill(self) -> None:
        """SIGKILL for application, workers and all their children at once, as by a power cut; the broker stays."""
        sessions = {process.pid for process in self._running}
        while found := [pid for pid, session in sessions_of_processes() if session in sessions]:
            for pid in found:
                kill(pid)
            for process in self._running:
                process.poll()
        self._running = []

    def ticks(self) -> int:
        """Return how many jobs that do nothing have been done."""
        file = self.folder / "ticks"
        return file.stat().st_size if file.exists() else 0

    def _take(self, recipient: str) -> None:
        number = int(recipient.removeprefix("member").partition("@")[0])
        self.arrived.append((number, time.monotonic()))

    def _environment(self, binaries: Path, postgres: str) -> Mapping[str, str]:
        ours = {"DATABASE_URL": postgres} if self.way.settings == "postgresql" else {}
        return ours | {
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONPATH": str(JOBS),
            "SETTINGS": self.way.settings,
            "SINK_PORT": str(self._sink.port),
            "TICKS": str(self.folder / "ticks"),
            "APP_DATABASE": str(self.folder / "app.db"),
            "QUEUE_FILE": str(self.folder / "huey.db"),
            "REDIS_URL": f"redis://127.0.0.1:{self._redis}/0",
            "POSTGRES": postgres.replace("+psycopg", ""),
            "MICROBLOG_DATA": str(self.folder),
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(self._sink.port),
        }


def kill(pid: int) -> None:
    """End one process, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def sessions_of_processes() -> list[tuple[int, int]]:
    """Return every living process and its session (proc(5)); a job of RQ leaves its group, but not its session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it ended meanwhile
        if state != "Z":
            found.append((int(stat.parent.name), int(session)))
    return found

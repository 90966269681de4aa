"""The site, running: inside the test with a clock that is held, or as the real command in a process of its own."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import text
from waitress import wasyncore

from microblog.cli.start import notifier_for
from microblog.db import Database
from microblog.error_reports import ErrorReporter
from microblog.mail.delivery import Delivery
from microblog.mail.mailbox import Received
from microblog.mail.outbox import CHANNEL
from microblog.mail.transports import make_transport
from microblog.settings import Settings, load
from microblog.web import create_app, pages_of
from microblog.web.deferred import deferred_writes
from microblog.web.server.waitress_server import Server, listen_on
from microblog.worker import Worker, all_renderers
from support.clock import HeldClock
from support.mailboxes import ReadMailbox
from support.visitor import Visitor

COMMAND = Path(sys.executable).with_name("microblog")
PASSWORD = "a quiet evening by the river"
NEW_PASSWORD = "seven small boats in the fog"


def free_port() -> int:
    """Return a port nobody listens on now, below those that connections to elsewhere are given on Linux."""
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Compiled(BytecodeCache):
    """Templates as they were compiled, for all sites of this process: compiling takes longer than most tests."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template from here, if it is here."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class RunningSite:
    """Site and worker in this process, on a real port, with a held clock."""

    def __init__(self, data: Path, database_url: str, environ: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.clock = HeldClock()
        given = {
            "MICROBLOG_DATA": str(data),
            "DATABASE_URL": database_url,
            "PUBLIC_URL": f"http://localhost:{self.port}",
        }
        self.settings: Settings = load({**given, **(environ or {})})
        self.mailbox = ReadMailbox(self.settings.mailbox)
        self.database = Database(self.settings.database_url)
        self.app = create_app(self.settings, self.database, self.clock)
        self.app.jinja_env.bytecode_cache = COMPILED
        self._server = Server(self.app, listen_on("127.0.0.1", self.port))
        writers = all_renderers(self.settings, pages_of(self.settings.public_url))
        transport = make_transport(self.settings)
        self.errors = ErrorReporter(self.database, self.settings, self.clock)
        sender = self.settings.mail.sender
        self.delivery = Delivery(self.database, writers, transport, sender, self.clock, self.errors.report)
        self.worker = Worker(
            self.database,
            [self.delivery],
            notifier_for(self.database),
            self.clock,
            self.errors.report,
            keep_emails=self.settings.mail.keep,
            hourly=[self.errors.remind],
        )
        self._threads = [
            threading.Thread(target=self._serve, daemon=True),
            threading.Thread(target=self.worker.run, daemon=True),
        ]

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    def start(self, *, deliver: bool = True) -> "RunningSite":
        """Serve, and deliver unless told not to."""
        self._threads = self._threads if deliver else self._threads[:1]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Stop both."""
        self.worker.stop()
        if self.database.is_postgresql:  # its bell hears a letter at once, and a stop only in the next slice
            with self.database.writing() as session:
                session.execute(text(f"NOTIFY {CHANNEL}"))
        self._server._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._server._server._map)
        for thread in self._threads[1:]:  # the serving one ends by itself: nothing is left in its map
            thread.join(10)
        deferred_writes(self.app).close()
        self.database.close()

    def _serve(self) -> None:
        try:
            self._server._server.run()
        except (OSError, ValueError):
            return  # its sockets were closed under it, which is how a test stops it

    def visitor(self, **headers: str) -> Visitor:
        """Return a new browser."""
        return Visitor(self.base, headers)

    def letters(self, count: int, seconds: float = 10) -> list[Received]:
        """Return the letters in the local mailbox, oldest first, once there are that many."""
        return self.mailbox.wait_for(count, seconds)

    def sign_up(self, username: str, email: str = "", password: str = PASSWORD) -> Visitor:
        """Sign somebody up, finish it by the letter, and return their browser, not signed in."""
        visitor = self.visitor()
        before = len(self.mailbox.keys())
        address = email or f"{username}@example.com"
        answer = visitor.submit("/register", username=username, email=address, password=password, password2=password)
        assert answer.status == 200, answer.words
        finished = visitor.submit(link_in(self.letters(before + 1)[-1].text))
        assert "Your account is ready" in finished.words
        return visitor


def link_in(text: str) -> str:
    """Return the first link in a letter's text."""
    return next(word for word in text.split() if word.startswith("http"))


@dataclass
class Process:
    """The real command, in a process of its own."""

    process: "subprocess.Popen[str]"
    log: Path

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        for pid in (self.process.pid, *self.children()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def children(self) -> list[int]:
        """The processes it has forked."""
        try:
            return [
                int(pid)
                for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            ]
        except OSError:  # it has ended
            return []

    def stop(self, seconds: float = 30) -> int:
        """Ask it to stop, as systemd does, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    @property
    def output(self) -> str:
        """All it said."""
        return self.log.read_text()


def start(command: str, log: Path, environ: Mapping[str, str], *more: str, files: int = 0) -> Process:
    """Start `microblog COMMAND`; the environment is the given one and nothing of the machine's but PATH."""
    limited = ["prlimit", f"--nofile={files}:{files}"] if files else []
    clean = {"PATH": os.environ["PATH"], "HOME": str(log.parent), "LANG": "C.UTF-8", **environ}
    with log.open("a") as out:
        process = subprocess.Popen(
            [*limited, COMMAND, *command.split(), *more], env=clean, stdout=out, stderr=out, cwd=log.parent, text=True
        )
    return Process(process, log)


def wait_for_site(base: str, process: Process, seconds: float = 60) -> None:
    """Return when the site answers; fail when it ended instead."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.process.poll() is None, f"it ended: {process.output}"
        try:
            with build_opener(ProxyHandler({})).open(f"{base}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"no answer within {seconds} s: {process.output}")

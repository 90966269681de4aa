"""A site of its own for a test: a data folder, a port, and the real `microblog` commands on them."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import select

from microblog.db import Database
from microblog.mail import Email
from support.command import command
from support.running import COMMAND, PASSWORD, Process, free_port, start, wait_for_site
from support.smtp_server import Delivered, SmtpServer
from support.visitor import Visitor

FINISH = "[Microblog] Finish Signing Up"
RESET = "[Microblog] Reset Your Password"
CHANGED = "[Microblog] Your Password Was Changed"


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    status: int
    output: str


class Trial:
    """Everything is killed at the end of its `with`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        self.environ = {"PUBLIC_URL": self.base, "MICROBLOG_DATA": str(folder / "data"), **settings}
        self.processes: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End all of its processes as a power cut would."""
        for process in self.processes:
            process.kill()

    def mail_to(self, port: int, **more: str) -> "Trial":
        """Send letters by the mail server on that port."""
        self.environ |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port), **more}
        return self

    def start(self, command: str = "run", files: int = 0) -> Process:
        """Start `run`, `web` or `worker`, and return when it works; with no more than so many open files, if given."""
        process = start(command, self.folder / f"{command}-{len(self.processes)}.log", self.environ, files=files)
        self.processes.append(process)
        if command == "worker":
            wait_for(lambda: "Delivering letters" in process.output)
        else:
            wait_for_site(self.base, process)
        return process

    def command(self, words: str, stdin: str = "", **settings: str) -> Ended:
        """Run a command that ends by itself."""
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **self.environ, **settings}
        done = subprocess.run(
            [COMMAND, *words.split()],
            env=clean,
            cwd=self.folder,
            input=stdin,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout)

    def commands(self, first: str, *others: str, **settings: str) -> list[Ended]:
        """Run several commands: the first as a process, the others within the test, which takes a fifth of the time."""
        inside = [command(words, {**self.environ, **settings}) for words in others]
        return [self.command(first, **settings), *(Ended(ended.status, ended.output) for ended in inside)]

    def prepare(self, words: str) -> None:
        """Run a command that is not the subject, within the test."""
        ended = command(words, self.environ)
        assert ended.status == 0, ended.output

    @contextmanager
    def opened_shell(self, typed: str, until: str) -> Iterator[None]:
        """Open `microblog shell`, type something, and leave it open once it has answered."""
        log = self.folder / "shell.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [COMMAND, "shell"], env=self.environ, stdin=subprocess.PIPE, stdout=out, stderr=out, text=True
            )
        try:
            assert process.stdin
            process.stdin.write(typed)
            process.stdin.flush()
            wait_for(lambda: until in log.read_text())
            yield
        finally:
            process.kill()
            process.communicate()

    @property
    def output(self) -> str:
        """All that its processes said."""
        return "".join(process.output for process in self.processes)

    def visitor(self) -> Visitor:
        """Return a new browser."""
        return Visitor(self.base)

    def register(self, username: str) -> Visitor:
        """Send the sign-up form, and return the browser that did."""
        visitor = self.visitor()
        email = f"{username}@example.com"
        answer = visitor.submit("/register", username=username, email=email, password=PASSWORD, password2=PASSWORD)
        assert answer.path == "/check-email", answer.words
        return visitor

    def sign_up(self, username: str, server: SmtpServer) -> Visitor:
        """Sign somebody up by a letter through the mail server, and return their browser, not signed in."""
        visitor = self.register(username)
        letter = letter_to(server, username, FINISH)
        assert "Your account is ready" in visitor.submit(letter.link).words
        return visitor

    def outbox(self) -> list[Email]:
        """Return the rows of the outbox, oldest first."""
        database = Database(self.environ.get("DATABASE_URL", f"sqlite:///{self.folder}/data/microblog.db"))
        try:
            with database.reading() as session:
                return list(session.scalars(select(Email).order_by(Email.id)))
        finally:
            database.close()


def wait_for(happened: Callable[[], object], seconds: float = 20) -> None:
    """Return once it has happened; fail when that takes too long."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"it did not happen within {seconds} s"
        time.sleep(0.02)


def letter_to(server: SmtpServer, username: str, subject: str, seconds: float = 20) -> Delivered:
    """Return the newest letter to somebody with that subject, once it came."""

    def found() -> list[Delivered]:
        to = f"{username}@example.com"
        return [one for one in list(server.delivered) if (one.recipient, one.message["Subject"]) == (to, subject)]

    wait_for(found, seconds)
    return found()[-1]

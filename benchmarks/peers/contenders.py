"""The sites that are compared: ours by `microblog run`, each peer under gunicorn, with a process for every core."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import FORM, MEMBERS
from benchmarks.peers.environments import environment
from benchmarks.testbed import MICROBLOG, Testbed, forget_letters, free_port, program
from microblog.db import Database

PROJECTS = Path(__file__).parent / "projects"
CORES = len(os.sched_getaffinity(0))
THREADS = 4
GUNICORN = ("--workers", str(CORES), "--threads", str(THREADS), "--log-level", "warning")


@dataclass(frozen=True)
class Peer:
    """How one of the others is served, and where its form is."""

    name: str
    environment: str
    application: str
    members: str
    path: str
    token: str = "csrfmiddlewaretoken"
    environ: dict[str, str] = field(default_factory=dict)
    people: int = MEMBERS


DJANGO = Peer(
    "Django 5.2",
    "django",
    "django.core.wsgi:get_wsgi_application()",
    "django_members.py",
    "/password_reset/",
    environ={"DJANGO_SETTINGS_MODULE": "django_settings"},
)
ALLAUTH = Peer(
    "django-allauth",
    "allauth",
    "django.core.wsgi:get_wsgi_application()",
    "django_members.py",
    "/accounts/password/reset/",
    environ={"DJANGO_SETTINGS_MODULE": "allauth_settings"},
)
FLASK_SECURITY = Peer(
    "Flask-Security",
    "flask_security",
    "flask_security_site:app",
    "flask_security_site.py",
    "/reset",
    "csrf_token",
    people=100,  # each takes it a fifth of a second of processor: the link in its email has a slow hash in it
)
PEERS = (DJANGO, FLASK_SECURITY, ALLAUTH)


@dataclass(frozen=True)
class Serving:
    """A site that runs. `database` is ours, whose outbox is emptied after every turn."""

    pid: int
    port: int
    path: str
    token: str
    people: int = MEMBERS
    database: Database | None = None

    def tidy(self) -> None:
        """Forget the emails of a turn, for each person asks once."""
        if self.database:
            forget_letters(self.database)


@contextmanager
def ours(testbed: Testbed, engine: str, mail_port: int) -> Iterator[Serving]:
    """Run the product."""
    port = free_port()
    with testbed.database(engine, accounts=MEMBERS) as database:
        environ = testbed.environ(database, mail_port, PUBLIC_URL=f"http://localhost:{port}")
        with program([MICROBLOG, "run", "--port", str(port)], environ) as process:
            yield Serving(process.pid, port, FORM, "csrf_token", database=database)


@contextmanager
def theirs(testbed: Testbed, engine: str, mail_port: int, peer: Peer) -> Iterator[Serving]:
    """Run a peer."""
    port, commands = free_port(), environment(peer.environment)
    with testbed.empty_database(engine) as url:
        environ = {"DATABASE_URL": url, "MAIL_PORT": str(mail_port), "PYTHONPATH": str(PROJECTS), **peer.environ}
        ready = [str(commands / "python"), str(PROJECTS / peer.members), str(MEMBERS)]
        subprocess.run(ready, check=True, env={**os.environ, **environ})
        command = [str(commands / "gunicorn"), *GUNICORN, "--bind", f"127.0.0.1:{port}", peer.application]
        with program(command, environ) as process:
            yield Serving(process.pid, port, peer.path, peer.token, peer.people)

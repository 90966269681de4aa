"""`microblog mail doctor`: the whole command, with a real mail server, DNS and database."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from journeys.trial import Trial
from mail.test_smtp_tls import context_for
from microblog.db import Database
from microblog.mail.heartbeat import Heartbeat
from ops.doctor.patient import REAL
from ops.doctor.test_examination import ZONE
from support.command import command
from support.dns_server import DnsServer
from support.postgres import Postgres
from support.running import free_port
from support.smtp_server import SmtpServer

PASSWORD = "a secret of the mail server"
LOGIN = {"MAIL_USERNAME": "blog", "MAIL_PASSWORD": PASSWORD}


@pytest.fixture
def provider(authority: trustme.CA) -> Iterator[SmtpServer]:
    """A mail server with TLS and a login."""
    server = SmtpServer(tls=context_for(authority.issue_cert("localhost")), login=("blog", PASSWORD)).start()
    yield server
    server.stop()


@pytest.fixture
def real(tmp_path: Path, provider: SmtpServer, authority_file: Path, sqlite_template: Path) -> dict[str, str]:
    """A real site whose emails leave by that server, and whose worker lives."""
    file = shutil.copy(sqlite_template, tmp_path / "microblog.db")
    database = Database(f"sqlite:///{file}")
    with database.writing() as session:
        Heartbeat("1").beat(session, None, datetime.now(UTC))
    database.close()
    route = {"MAIL_SERVER": "localhost", "MAIL_PORT": str(provider.port), "MAIL_USE_TLS": "yes"}
    return {**REAL, "MICROBLOG_DATA": str(tmp_path), "MAIL_CA_FILE": str(authority_file), **route, **LOGIN}


@pytest.fixture
def nameserver() -> Iterator[str]:
    """The DNS around that site, as the option that asks it."""
    with DnsServer(ZONE) as server:
        yield f"--nameserver 127.0.0.1:{server.port} --dkim-selector s1"


def test_a_site_that_is_well_is_told_so(real: dict[str, str], nameserver: str, provider: SmtpServer) -> None:
    ended = command(f"mail doctor {nameserver}", real)
    assert ended.status == 0
    *found, empty, summary = ended.output.splitlines()
    assert {line[:4] for line in found} == {"OK  "}, ended.output
    assert (empty, summary) == ("", f"{len(found)} OK.")
    assert "OK    Worker        1 lives." in found
    assert (provider.delivered, len(provider.logins)) == ([], 1)
    assert PASSWORD not in ended.output


def test_what_fails_is_told_with_what_to_do_and_an_exit_status(
    real: dict[str, str], nameserver: str, provider: SmtpServer
) -> None:
    provider.on("auth", "535 5.7.8 Error: authentication failed")
    ended = command(f"mail doctor {nameserver}", real)
    assert ended.status == 1
    lines = ended.output.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("FAIL")]
    assert lines[at].startswith(
        "FAIL  Login         The server knows no such user with that password. It said: 535 5.7.8"
    )
    assert lines[at + 1].startswith("                    What to do: Compare MAIL_USERNAME and MAIL_PASSWORD with")
    assert lines[-1] == f"{len(lines) - 4} OK, 1 FAIL."


def test_findings_are_json_for_programs(real: dict[str, str], nameserver: str, provider: SmtpServer) -> None:
    provider.on("rcpt", "550 5.1.1 no such user")
    ended = command(f"mail doctor --json {nameserver}", real)
    found = json.loads(ended.output)
    assert ended.status == 0, "a warning is no failure"
    assert {tuple(one) for one in found} == {("level", "title", "words", "remedy")}
    [warning] = [one for one in found if one["level"] != "OK"]
    assert (warning["level"], warning["title"]) == ("WARN", "Sender")
    assert "550 5.1.1 no such user" in warning["words"]


def test_settings_that_cannot_be_used_are_failures(tmp_path: Path) -> None:
    ended = command("mail doctor", {"MICROBLOG_DATA": str(tmp_path), "MAIL_PORT": "none", "MAIL_TIMEOUT": "soon"})
    assert ended.status == 1
    assert ended.output.splitlines() == [
        "FAIL  Settings      MAIL_PORT: it is 'none'.",
        "                    What to do: It should be a whole number from 1 to 65535.",
        "FAIL  Settings      MAIL_TIMEOUT: it is 'soon'.",
        "                    What to do: It should be a number of seconds, more than 0 and up to 600.",
        "",
        "2 FAIL.",
    ]


def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    ended = command("mail doctor", {"MICROBLOG_DATA": str(tmp_path)})
    assert ended.status == 0
    assert f"WARN  Database      There is none yet at {tmp_path}/microblog.db." in ended.output
    assert "Run `microblog db upgrade` once" in ended.output
    assert list(tmp_path.glob("*.db*")) == []


def test_a_database_that_is_not_up_to_date_or_not_there_is_told(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.fresh(empty=True) as url:
        empty = command("mail doctor", {"MICROBLOG_DATA": str(tmp_path), "DATABASE_URL": url})
    nobody = f"postgresql://blog:the-database-password@127.0.0.1:{free_port()}/blog"
    gone = command("mail doctor", {"MICROBLOG_DATA": str(tmp_path), "DATABASE_URL": nobody})
    assert (empty.status, gone.status) == (1, 1)
    assert "FAIL  Database      It is not up to date." in empty.output
    assert "FAIL  Database      It cannot be used: " in gone.output
    assert "the-database-password" not in gone.output


@pytest.mark.parametrize("given", ["dns.example", "127.0.0.1:0", "127.0.0.1:x", ":53", "[::1"])
def test_a_nameserver_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    ended = command(f"mail doctor --nameserver {given}", {"MICROBLOG_DATA": str(tmp_path)})
    assert ended.status == 2
    assert "give an address such as 1.1.1.1" in ended.output


@pytest.mark.parametrize("given", ["127.0.0.1", "::1", "[::1]:5353", "127.0.0.1:5353"])
def test_a_nameserver_has_a_port_or_not(tmp_path: Path, given: str) -> None:
    assert command(f"mail doctor --nameserver {given}", {"MICROBLOG_DATA": str(tmp_path)}).status == 0


def test_the_command_works_from_a_terminal(tmp_path: Path) -> None:
    with Trial(tmp_path) as trial:
        trial.mail_to(free_port(), **LOGIN)
        ended = trial.command("mail doctor")
    assert ended.status == 1
    assert "FAIL  Ports         Port" in ended.output
    assert "nothing listens there." in ended.output
    assert PASSWORD not in ended.output
    assert "Traceback" not in ended.output

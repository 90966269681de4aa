"""The examination as a whole: what is looked at where, and what is left alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from microblog.ops.doctor import Dns, Examination, Finding
from microblog.ops.doctor.examination import NO_ANSWER
from microblog.settings import Settings, load
from microblog.web import pages_of
from ops.doctor.patient import REAL, RSA_KEY, SITE, asking, settings_of
from support.clock import NOON
from support.dns_server import SILENT, DnsServer, Zone
from support.running import free_port
from support.smtp_server import SmtpServer

ALWAYS = ["Settings", "PUBLIC_URL", "Emails"]
SERVER = ["Server name", "Ports", "Greeting", "TLS", "Extensions", "Login", "Sender"]
DOMAIN = ["From", "EHLO name", "DKIM", "SPF", "DMARC", "Alignment"]
ZONE: Zone = {
    **SITE,
    ("blog.example", "TXT"): ["v=spf1 mx -all"],
    ("_dmarc.blog.example", "TXT"): ["v=DMARC1; p=none"],
    ("s1._domainkey.blog.example", "TXT"): [RSA_KEY],
}


@pytest.fixture
def nowhere() -> Iterator[Dns]:
    """A DNS that never answers."""
    with DnsServer() as server:
        server.faults[""] = SILENT
        yield Dns("127.0.0.1", server.port, seconds=0.2)


def examined(settings: Settings, dns: Dns, *selectors: str, notes: Sequence[str] = ()) -> list[Finding]:
    examination = Examination(settings, pages_of(settings.public_url), dns, notes, selectors, ports=())
    return list(examination.findings(NOON))


def titles(found: list[Finding]) -> list[str]:
    return [finding.title for finding in found]


def test_a_real_site_that_is_well_is_well_in_everything(tmp_path: Path, smtp_server: SmtpServer) -> None:
    settings = settings_of(tmp_path, MAIL_SERVER="localhost", MAIL_PORT=str(smtp_server.port))
    with asking(ZONE) as dns:
        found = examined(settings, dns, "s1")
    assert titles(found) == ALWAYS + SERVER + DOMAIN
    assert {finding.level for finding in found} == {"OK"}, found
    assert smtp_server.delivered == []


def test_a_trial_with_its_own_mailbox_asks_nobody(tmp_path: Path, nowhere: Dns) -> None:
    found = examined(load({"MICROBLOG_DATA": str(tmp_path)}), nowhere)
    assert titles(found) == [*ALWAYS, "Mail server", "Sender's DNS"]
    assert {finding.level for finding in found} == {"OK"}
    assert "local mailbox" in found[3].words
    assert "no email leaves this computer" in found[4].words


def test_a_trial_with_a_server_on_this_computer_asks_the_server_and_not_the_dns(
    tmp_path: Path, nowhere: Dns, smtp_server: SmtpServer
) -> None:
    environ = {"MICROBLOG_DATA": str(tmp_path), "MAIL_SERVER": "localhost", "MAIL_PORT": str(smtp_server.port)}
    found = examined(load(environ), nowhere)
    assert titles(found) == [*ALWAYS, *SERVER, "Sender's DNS"]


def test_a_dns_that_does_not_answer_is_a_warning_each_time_and_keeps_nothing_else_from_being_looked_at(
    tmp_path: Path, nowhere: Dns, smtp_server: SmtpServer
) -> None:
    settings = settings_of(tmp_path, MAIL_SERVER="localhost", MAIL_PORT=str(smtp_server.port))
    found = examined(settings, nowhere, "s1")
    assert titles(found) == [*ALWAYS, *SERVER, "From", "EHLO name", "Sender's DNS"]
    warned = [finding for finding in found if finding.level == "WARN"]
    assert titles(warned) == ["PUBLIC_URL", "From", "Sender's DNS"]
    assert {finding.remedy for finding in warned} == {NO_ANSWER}
    assert "could not ask the DNS" in warned[0].words


@pytest.mark.parametrize("server", ["nowhere.invalid", "localhost"])
def test_a_server_that_cannot_be_reached_is_not_talked_to(tmp_path: Path, nowhere: Dns, server: str) -> None:
    found = examined(settings_of(tmp_path, MAIL_SERVER=server, MAIL_PORT=str(free_port())), nowhere)
    reached = ["Server name"] if server == "nowhere.invalid" else ["Server name", "Ports"]
    assert titles(found)[3 : 3 + len(reached) + 1] == [*reached, "From"]
    assert found[2 + len(reached)].level == "FAIL"


def test_a_domain_that_somebody_else_looks_after_is_left_alone(tmp_path: Path, smtp_server: SmtpServer) -> None:
    settings = settings_of(
        tmp_path, MAIL_SERVER="localhost", MAIL_PORT=str(smtp_server.port), MAIL_DEFAULT_SENDER="ann@gmail.com"
    )
    with asking(ZONE) as dns:
        found = examined(settings, dns)
    assert titles(found)[-3:] == ["From", "EHLO name", "Sender's DNS"]
    assert "whoever runs gmail.com looks after it" in found[-1].words


def test_what_the_start_would_point_out_is_a_warning(tmp_path: Path, nowhere: Dns) -> None:
    found = examined(load({"MICROBLOG_DATA": str(tmp_path)}), nowhere, notes=["MAIL_SEVER is not a setting."])
    assert (found[0].level, found[0].words) == ("WARN", "MAIL_SEVER is not a setting.")
    assert found[0].remedy


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ({"MAIL_PORT": "465", "MAIL_USE_TLS": "yes"}, "MAIL_PORT is 465, where servers speak TLS from the first byte"),
        ({"MAIL_PORT": "465"}, "MAIL_PORT is 465, where servers speak TLS from the first byte"),
        ({"MAIL_PORT": "587", "MAIL_USE_SSL": "yes"}, "MAIL_PORT is 587, where servers speak STARTTLS"),
        ({"MAIL_PORT": "25", "MAIL_USE_SSL": "yes"}, "MAIL_PORT is 25, where servers speak STARTTLS"),
    ],
)
def test_a_port_that_does_not_fit_the_kind_of_tls_is_pointed_out(
    tmp_path: Path, nowhere: Dns, mail: dict[str, str], words: str
) -> None:
    found = examined(settings_of(tmp_path, MAIL_SERVER="nowhere.invalid", **mail), nowhere)
    assert found[0].level == "WARN"
    assert words in found[0].words


@pytest.mark.parametrize("mail", [{"MAIL_USE_SSL": "yes"}, {"MAIL_USE_TLS": "yes"}, {"MAIL_PORT": "2525"}, {}])
def test_a_port_that_fits_is_not(tmp_path: Path, nowhere: Dns, mail: dict[str, str]) -> None:
    found = examined(settings_of(tmp_path, MAIL_SERVER="nowhere.invalid", **mail), nowhere)
    assert found[0].level == "OK"
    assert "emails leave by nowhere.invalid, from ann@blog.example" in found[0].words
    assert REAL["ADMINS"] == "ann@blog.example"

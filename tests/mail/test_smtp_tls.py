"""TLS and login of the SMTP transport: verified, never downgraded, and no password for whoever cannot be trusted."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from mail.office import SETTINGS
from mail.test_smtp import email
from microblog.mail.smtp import IN_THE_CLEAR, NO_STARTTLS, SmtpTransport
from microblog.mail.transport import ServerTrouble
from microblog.settings import MailSettings
from support.smtp_server import SmtpServer

LOGIN = ("alice@blog.example", "open sesame")
CLEAR = replace(SETTINGS, server="localhost", username=LOGIN[0], password=LOGIN[1])
STARTTLS = replace(CLEAR, starttls=True)
IMPLICIT = replace(CLEAR, implicit_tls=True)
BOTH = pytest.mark.parametrize("settings", [STARTTLS, IMPLICIT], ids=["STARTTLS", "implicit"])
EXPIRED = datetime(2020, 1, 1, tzinfo=UTC)


def context_for(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@contextmanager
def running(
    certificate: trustme.LeafCert | None, settings: MailSettings, excluded: tuple[str, ...] = ()
) -> Iterator[tuple[SmtpServer, SmtpTransport]]:
    """Start a server with that certificate, and a transport to it with those settings."""
    tls = context_for(certificate) if certificate else None
    server = SmtpServer(tls=tls, implicit_tls=settings.implicit_tls, login=LOGIN, login_required=False)
    server.options["auth_exclude_mechanism"] = excluded
    server.start()
    transport = SmtpTransport(replace(settings, port=server.port), "blog.example")
    try:
        yield server, transport
    finally:
        transport.disconnect()
        server.stop()


@BOTH
def test_an_email_goes_out_over_verified_tls_and_a_login(
    settings: MailSettings, authority: trustme.CA, authority_file: Path
) -> None:
    trusting = replace(settings, ca_file=authority_file)
    with running(authority.issue_cert("localhost"), trusting) as (server, transport):
        transport.send(email())
        transport.send(email())
    assert (len(server.delivered), len(server.logins)) == (2, 1)


@BOTH
@pytest.mark.parametrize("fault", ["self-signed", "unknown authority", "wrong name", "expired"])
def test_a_certificate_that_cannot_be_trusted_gets_neither_password_nor_email(
    settings: MailSettings, fault: str, authority: trustme.CA, authority_file: Path
) -> None:
    certificate = {
        "self-signed": lambda: trustme.CA().issue_cert("localhost"),
        "unknown authority": lambda: authority.issue_cert("localhost"),
        "wrong name": lambda: authority.issue_cert("elsewhere.example"),
        "expired": lambda: authority.issue_cert("localhost", not_before=EXPIRED, not_after=EXPIRED.replace(year=2021)),
    }[fault]()
    trusting = replace(settings, ca_file=None if fault == "unknown authority" else authority_file)
    with (
        running(certificate, trusting) as (server, transport),
        pytest.raises(ServerTrouble, match="its certificate cannot be trusted"),
    ):
        transport.send(email())
    assert (server.logins, server.delivered) == ([], [])
    assert "mail" not in server.commands


def test_where_starttls_is_asked_for_and_not_offered_nothing_is_sent() -> None:
    with running(None, STARTTLS) as (server, transport), pytest.raises(ServerTrouble, match=NO_STARTTLS):
        transport.send(email())
    assert (server.logins, server.delivered) == ([], [])
    assert "mail" not in server.commands


def test_where_starttls_is_offered_and_then_refused_nothing_is_sent(authority: trustme.CA) -> None:
    with running(authority.issue_cert("localhost"), STARTTLS) as (server, transport):
        server.on("starttls", "454 4.7.0 TLS not available")
        with pytest.raises(ServerTrouble, match=r"454 4\.7\.0 TLS not available"):
            transport.send(email())
    assert server.commands == ["ehlo", "starttls"]


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_login_is_the_servers_trouble_with_its_words_and_nothing_is_sent(
    password: str, authority: trustme.CA, authority_file: Path
) -> None:
    settings = replace(STARTTLS, password=password, ca_file=authority_file)
    with running(authority.issue_cert("localhost"), settings) as (server, transport):
        with pytest.raises(ServerTrouble, match="535 ") as refused:
            transport.send(email())
        assert "sesame" not in str(refused.value)
    assert "mail" not in server.commands


def test_a_password_put_right_at_the_server_works_at_the_next_email(
    authority: trustme.CA, authority_file: Path
) -> None:
    with running(authority.issue_cert("localhost"), replace(STARTTLS, ca_file=authority_file)) as (server, transport):
        server.login = (LOGIN[0], "another")
        with pytest.raises(ServerTrouble):
            transport.send(email())
        server.login = LOGIN
        transport.send(email())
    assert len(server.delivered) == 1


@pytest.mark.parametrize("excluded", [(), ("PLAIN",)], ids=["PLAIN", "LOGIN"])
@pytest.mark.parametrize(("username", "password"), [("älice", "open sesame"), ("alice", "öffne dich, 開けゴマ")])
def test_a_login_outside_ascii_is_shown_in_utf8(username: str, password: str, excluded: tuple[str, ...]) -> None:
    settings = replace(CLEAR, username=username, password=password)
    with running(None, settings, excluded) as (server, transport):
        server.login = (username, password)
        transport.send(email())
    assert server.logins == [(username, password)]
    assert len(server.delivered) == 1


def test_a_login_the_server_does_not_offer_is_its_trouble(smtp_server: SmtpServer) -> None:
    transport = SmtpTransport(replace(CLEAR, port=smtp_server.port), "blog.example")
    with pytest.raises(ServerTrouble, match="signing in: the mail server does not offer a login"):
        transport.send(email())
    assert "mail" not in smtp_server.commands


def test_no_username_means_no_login() -> None:
    with running(None, replace(CLEAR, username="", password="")) as (server, transport):
        transport.send(email())
    assert (server.logins, len(server.delivered)) == ([], 1)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "mail.localhost"])
def test_a_login_may_go_in_the_clear_to_this_computer(host: str) -> None:
    assert shown(replace(CLEAR, server=host)) == [LOGIN]


@pytest.mark.parametrize(
    "host",
    ["smtp.example.com", "192.168.1.5", "10.0.0.1", "0.0.0.0", "localhost.example.com", "::ffff:10.0.0.1", "fe80::1"],
)
def test_a_login_never_goes_in_the_clear_to_another_computer(host: str) -> None:
    with pytest.raises(ServerTrouble, match=IN_THE_CLEAR):
        shown(replace(CLEAR, server=host))


@BOTH
def test_a_login_goes_to_another_computer_under_tls(settings: MailSettings) -> None:
    assert shown(replace(settings, server="smtp.example.com")) == [LOGIN]


def shown(settings: MailSettings) -> list[tuple[str, str]]:
    """Return the logins the transport would show a server with those settings; no network."""
    logins: list[tuple[str, str]] = []

    class Line:
        def sign_in(self, username: str, password: str) -> None:
            logins.append((username, password))

    SmtpTransport(settings, "blog.example")._sign_in(Line())  # type: ignore[arg-type]
    return logins

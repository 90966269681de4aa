"""The talk with the mail server, held with real ones: well, untrustworthy, unwilling. Nothing is ever sent."""

import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from mail.office import SETTINGS
from mail.test_smtp_tls import context_for
from microblog.ops.doctor.findings import Finding
from microblog.ops.doctor.server import Server, StopChecks
from microblog.ops.doctor.smtp_session import check_login, check_smtp_session
from microblog.settings import MailSettings, Sender
from support.smtp_server import HANG_UP, Answer, SmtpServer, closing

USER, PASSWORD = "ann@blog.example", "open sesame to the cave"
MAIL = replace(SETTINGS, server="localhost", username=USER, password=PASSWORD)
STARTTLS, IMPLICIT = replace(MAIL, starttls=True), replace(MAIL, implicit_tls=True)
BOTH = pytest.mark.parametrize("mail", [STARTTLS, IMPLICIT], ids=["STARTTLS", "implicit"])
OLD = datetime(2020, 1, 1, tzinfo=UTC)
PREPARE = Callable[[SmtpServer], object]


@contextmanager
def running(**options: Any) -> Iterator[SmtpServer]:
    server = SmtpServer(**{"login": (USER, PASSWORD), **options}).start()
    try:
        yield server
    finally:
        server.stop()


def findings(server: SmtpServer, mail: MailSettings = MAIL) -> dict[str, Finding]:
    """Talk with a server, and return what was found, by title in order."""
    found = list(check_smtp_session(Server(replace(mail, port=server.port), "blog.example"), datetime.now(UTC)))
    assert server.delivered == []
    assert not [one for one in found if PASSWORD in one.words or encoded() in one.words]
    return {one.title: one for one in found}


def encoded() -> str:
    return b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode().rstrip("=")


def levels(found: dict[str, Finding]) -> dict[str, str]:
    return {title: str(finding.level) for title, finding in found.items()}


ALL_WELL = dict.fromkeys(["Greeting", "TLS", "Extensions", "Login", "Sender"], "OK")


def test_a_server_without_tls_on_this_computer_is_well() -> None:
    with running() as server:
        found = findings(server)
    assert levels(found) == ALL_WELL
    assert found["Greeting"].words == "220 mail.test scripted"
    assert "none is needed on this computer" in found["TLS"].words
    assert "login by LOGIN PLAIN, emails up to 33.6 MB, PIPELINING, SMTPUTF8" in found["Extensions"].words
    assert found["Sender"].words == "no-reply@blog.example may send."
    assert [line.split(":")[0].upper() for line in server.lines[-4:]] == ["MAIL FROM", "RCPT TO", "RSET", "QUIT"]


@BOTH
def test_a_server_with_a_verified_certificate_is_well(
    mail: MailSettings, authority: trustme.CA, authority_file: Path
) -> None:
    context = context_for(authority.issue_cert("localhost"))
    with running(tls=context, implicit_tls=mail.implicit_tls) as server:
        found = findings(server, replace(mail, ca_file=authority_file))
    assert levels(found) == ALL_WELL
    assert "certificate for localhost, good for" in found["TLS"].words


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return a server's TLS with a certificate that is its own authority."""
    alone = trustme.CA()
    alone.private_key_pem.write_to_path(folder / "key.pem")
    alone.cert_pem.write_to_path(folder / "cert.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


UNTRUSTED = {
    "self-signed": ("self-signed", "set MAIL_CA_FILE"),
    "unknown": ("an authority that this computer does not know.", "set MAIL_CA_FILE"),
    "another": ("an authority that this computer does not know, nor in /", "set MAIL_CA_FILE"),
    "expired": ("The certificate of localhost has expired.", "must renew it"),
    "wrong name": (
        "not for localhost. It is for mail.elsewhere.example.",
        "Set MAIL_SERVER to mail.elsewhere.example.",
    ),
}


@BOTH
@pytest.mark.parametrize("fault", UNTRUSTED)
def test_a_certificate_that_cannot_be_trusted_ends_the_talk_before_the_login(
    mail: MailSettings, fault: str, authority: trustme.CA, authority_file: Path, tmp_path: Path
) -> None:
    context = {
        "self-signed": lambda: self_signed(tmp_path),
        "unknown": lambda: context_for(authority.issue_cert("localhost")),
        "another": lambda: context_for(trustme.CA().issue_cert("localhost")),
        "expired": lambda: context_for(
            authority.issue_cert("localhost", not_before=OLD, not_after=OLD.replace(year=2021))
        ),
        "wrong name": lambda: context_for(authority.issue_cert("mail.elsewhere.example")),
    }[fault]()
    trusted = None if fault in ("self-signed", "unknown") else authority_file
    with running(tls=context, implicit_tls=mail.implicit_tls) as server:
        found = findings(server, replace(mail, ca_file=trusted))
    assert server.logins == []
    assert levels(found) == ({"TLS": "FAIL"} if mail.implicit_tls else {"Greeting": "OK", "TLS": "FAIL"})
    words, remedy = UNTRUSTED[fault]
    assert words in found["TLS"].words
    assert remedy in found["TLS"].remedy


def test_starttls_that_is_asked_for_and_not_offered_ends_the_talk() -> None:
    with running() as server:
        found = findings(server, STARTTLS)
    assert levels(found) == {"Greeting": "OK", "TLS": "FAIL"}
    assert "does not offer STARTTLS" in found["TLS"].words
    assert server.logins == []


def test_starttls_that_is_offered_and_refused_ends_the_talk(authority: trustme.CA, authority_file: Path) -> None:
    with running(tls=context_for(authority.issue_cert("localhost"))) as server:
        server.on("starttls", "454 TLS not available")
        found = findings(server, replace(STARTTLS, ca_file=authority_file))
    assert levels(found) == {"Greeting": "OK", "TLS": "FAIL"}
    assert "454 TLS not available" in found["TLS"].words


def test_tls_from_the_first_byte_where_there_is_none_is_told() -> None:
    with running() as server:
        found = findings(server, IMPLICIT)
    assert levels(found) == {"TLS": "FAIL"}
    assert "does not speak TLS from the first byte" in found["TLS"].words
    assert "Set MAIL_USE_TLS=yes instead" in found["TLS"].remedy


def test_no_tls_where_there_is_nothing_else_is_told(authority: trustme.CA) -> None:
    with running(tls=context_for(authority.issue_cert("localhost")), implicit_tls=True) as server:
        found = findings(server, replace(STARTTLS, timeout=0.5))
    assert levels(found) == {"Greeting": "FAIL"}
    assert "It did not greet us: the mail server did not answer in time." in found["Greeting"].words


@pytest.mark.parametrize(
    ("greeting", "words", "remedy"),
    [
        (closing("554 5.7.1 your address is on a list"), "The server said: 554 5.7.1 your address", "server response"),
        (
            closing("421 4.7.0 too many connections"),
            "It said: 421 4.7.0 too many connections",
            "Try again in some minutes",
        ),
        (HANG_UP, "It did not greet us: ", "It may be overloaded"),
        (closing("nonsense"), "", "server response"),
    ],
)
def test_a_greeting_that_is_none_ends_the_talk(greeting: Answer, words: str, remedy: str) -> None:
    with running() as server:
        server.on("greeting", greeting)
        found = findings(server)
    assert levels(found) == {"Greeting": "FAIL"}
    assert words in found["Greeting"].words
    assert remedy in found["Greeting"].remedy


EXTENSIONS = [
    (b"250-x\r\n250-AUTH PLAIN\r\n250 SIZE 20000\r\n", "WARN", "emails up to 0.02 MB"),
    (b"250-x\r\n250 AUTH PLAIN\r\n", "OK", "login by PLAIN; without SMTPUTF8 it takes no email to an address like"),
    (b"250-x\r\n250-AUTH=PLAIN\r\n250-AUTH PLAIN\r\n250-SMTPUTF8\r\n250 SIZE\r\n", "OK", "login by PLAIN, SMTPUTF8."),
]


@pytest.mark.parametrize(("answer", "level", "words"), EXTENSIONS)
def test_what_the_server_can_do_is_told(answer: bytes, level: str, words: str) -> None:
    with running() as server:
        server.on("ehlo", Answer(answer))
        found = findings(server)
    assert (found["Extensions"].level, found["Login"].level) == (level, "OK")
    assert words in found["Extensions"].words


LOGINS = [
    ("gmail", "534 5.7.9 Application-specific password required.", "app password"),
    ("microsoft365", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", "SMTP AUTH"),
    ("sendgrid", "535 Authentication failed: Bad username / password", "apikey"),
    ("mailgun", "535 5.7.0 Invalid login or password", "smtp.eu.mailgun.org"),
    ("ses", "535 Authentication Credentials Invalid", "IAM user"),
    ("postmark", "535 5.7.8 Error: authentication failed", "API token of the server"),
    ("", "535 5.7.8 Error: authentication failed", "no such user with that password"),
    ("", f"535 5.7.8 cannot decode {encoded()}", "It said: 535 5.7.8 cannot decode <password>"),
]


@pytest.mark.parametrize(("provider", "answer", "words"), LOGINS)
def test_a_refused_login_is_told_in_the_words_of_whose_server_it_is(provider: str, answer: str, words: str) -> None:
    with running() as server:
        server.on("auth", answer)
        found = findings(server, replace(MAIL, provider=provider))
    assert levels(found) == {"Greeting": "OK", "TLS": "OK", "Extensions": "OK", "Login": "FAIL"}
    assert words in f"{found['Login'].words} {found['Login'].remedy}"
    assert len([line for line in server.lines if line.upper().startswith("AUTH")]) == 1


def test_a_server_without_a_login_is_told() -> None:
    with running(login=None) as server:
        found = findings(server)
    assert found["Login"].level == "FAIL"
    assert "does not offer a login" in found["Login"].words


def test_a_password_outside_ascii_lets_us_in() -> None:
    with running() as server:
        server.login = (MAIL.username, "Sesam, öffne dich")
        found = findings(server, replace(MAIL, password="Sesam, öffne dich"))
    assert found["Login"].level == "OK"


@pytest.mark.parametrize(("mail", "shown"), [(MAIL, 1), (replace(MAIL, server="smtp.example.com"), 0)])
def test_a_login_goes_in_the_clear_to_this_computer_alone(mail: MailSettings, shown: int) -> None:
    class Line:
        logins = 0

        def sign_in(self, username: str, password: str) -> None:
            self.logins += 1

    line = Line()
    with nullcontext() if shown else pytest.raises(StopChecks, match="in the clear"):
        check_login(Server(mail, "blog.example"), line)  # type: ignore[arg-type]
    assert line.logins == shown


def test_without_a_user_name_no_login_is_tried() -> None:
    with running(login=None) as server:
        found = findings(server, replace(MAIL, username="", password=""))
    assert levels(found) == ALL_WELL
    assert "none was tried" in found["Login"].words


SENDERS: list[tuple[PREPARE, str, str, str]] = [
    (lambda on: on.on("mail", "550 5.7.1 not yours"), "FAIL", "does not let this login send", "MAIL_DEFAULT_SENDER"),
    (lambda on: on.on("mail", "553 5.7.1 not owned by user"), "FAIL", "553 5.7.1 not owned", "MAIL_DEFAULT_SENDER"),
    (lambda on: on.on("mail", "451 4.3.0 busy"), "FAIL", "451 4.3.0 busy", "Try again in some minutes"),
    (lambda on: on.on("mail", HANG_UP), "FAIL", "The server hung up", "Try again"),
    (
        lambda on: on.on("rcpt", "550 5.1.1 no such user"),
        "WARN",
        "are not taken: 550 5.1.1",
        "bounces|somebody gets them",
    ),
    (lambda on: on.on("rcpt", "450 4.2.0 greylisted"), "WARN", "are not taken: 450 4.2.0", "somebody gets them"),
    (lambda on: on.on("rcpt", "554 5.7.1 Relay access denied"), "FAIL", "takes no email from us", "MAIL_USERNAME"),
    (lambda on: on.on("rcpt", HANG_UP), "FAIL", "The server hung up", "Try again"),
]


@pytest.mark.parametrize(("prepare", "level", "words", "remedy"), SENDERS)
def test_what_the_server_says_of_the_sender_is_told(prepare: PREPARE, level: str, words: str, remedy: str) -> None:
    with running() as server:
        prepare(server)
        found = findings(server)
    assert found["Sender"].level == level
    assert words in found["Sender"].words
    assert any(word in f"{found['Sender'].words} {found['Sender'].remedy}" for word in remedy.split("|"))


def test_amazon_is_known_to_say_late_what_it_thinks_of_the_sender() -> None:
    with running() as server:
        assert "only when an email comes" in findings(server, replace(MAIL, provider="ses"))["Sender"].words


def test_a_sender_outside_ascii_is_named_as_the_server_wants_it() -> None:
    with running() as server:
        found = findings(server, replace(MAIL, sender=Sender("", "jürgen@blog.example")))
    assert found["Sender"].level == "OK"
    assert "MAIL FROM:<jürgen@blog.example> SMTPUTF8 BODY=8BITMIME" in server.lines

"""An SMTP session that checks greeting, TLS, login and sender, and ends before an email would be sent."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from microblog.mail.addresses import for_the_wire
from microblog.mail.connection import Connection
from microblog.mail.replies import PERMANENT, SUCCESS, Reply, Stage
from microblog.mail.smtp import IN_THE_CLEAR
from microblog.mail.smtp_trace import TraceLine
from microblog.ops.doctor import certificate
from microblog.ops.doctor.advice import find_advice
from microblog.ops.doctor.certificate import TLS
from microblog.ops.doctor.findings import Finding, Subject
from microblog.ops.doctor.ports import IMPLICIT_TLS
from microblog.ops.doctor.server import READ_RESPONSE, SMTP_ERRORS, Server, StopChecks, certificate_of

GREETING, EXTENSIONS, LOGIN, SENDER = Subject("Greeting"), Subject("Extensions"), Subject("Login"), Subject("Sender")
MEGABYTE = 1_000_000  # octets
NAMED = ("PIPELINING", "SMTPUTF8")
NO_STARTTLS = "If it has a port with TLS from the first byte (465), set MAIL_USE_SSL=yes and leave MAIL_USE_TLS unset."
IN_SOME_MINUTES = "Try again in some minutes."


def check_smtp_session(server: Server, now: datetime) -> Iterator[Finding]:
    """Run the steps of a session, and yield a finding for each, up to the first failure that ends it."""
    try:
        with open_session(server) as (connection, greeting):
            yield GREETING.ok(greeting)
            yield check_tls(server, connection, now)
            yield report_extensions(connection)
            yield check_login(server, connection)
            yield check_sender(server, connection)
    except StopChecks as stop:
        yield stop.finding


@contextmanager
def open_session(server: Server) -> Iterator[tuple[Connection, str]]:
    """Connect and say EHLO. Yields the connection, closed in the end, and the server's greeting.

    Raises:
        StopChecks: when that fails.
    """
    heard: list[str] = []
    try:
        connection = connect_and_greet(server, lambda who, line: heard.append(line) if who == "S" else None)
    except ssl.SSLError as error:
        raise StopChecks(server.report_tls_failure(error)) from error
    except smtplib.SMTPResponseException as error:
        reply = server.redact_reply(error.smtp_code, error.smtp_error)
        raise StopChecks(server.report_refusal(GREETING, Stage.GREETING, reply)) from error
    except SMTP_ERRORS as error:
        raise StopChecks(report_no_greeting(server, server.describe_error(error))) from error
    try:
        yield connection, heard[0]
    finally:
        connection.close()


def connect_and_greet(server: Server, trace_line: TraceLine) -> Connection:
    """Connect and say EHLO. Closes the connection on failure."""
    connection = server.connect(trace_line)
    try:
        connection.greet()
    except SMTP_ERRORS:
        connection.close()
        raise
    return connection


def report_no_greeting(server: Server, words: str) -> Finding:
    """Report a server that sent no greeting, or hung up."""
    if server.mail.port in IMPLICIT_TLS and not server.mail.implicit_tls:
        remedy = f"Port {server.mail.port} wants TLS from the first byte: set MAIL_USE_SSL=yes, not MAIL_USE_TLS."
    else:
        remedy = "It may be overloaded, or no mail server, or something in between keeps its words back."
    return GREETING.fail(f"It did not greet us: {words}.", remedy)


def check_tls(server: Server, connection: Connection, now: datetime) -> Finding:
    """Start TLS if the settings ask for it, and check the certificate.

    Raises:
        StopChecks: when there is no TLS, or none that can be trusted.
    """
    if not server.uses_tls:
        return report_no_tls(server, offered=connection.has_extn("starttls"))
    if server.mail.starttls:
        start_tls(server, connection)
    version = connection.sock.version() if isinstance(connection.sock, ssl.SSLSocket) else None
    return certificate.check_certificate(certificate_of(connection), version or "TLS", now)


def start_tls(server: Server, connection: Connection) -> None:
    """Start TLS (STARTTLS).

    Raises:
        StopChecks: when that fails.
    """
    if not connection.has_extn("starttls"):
        words = "The server does not offer STARTTLS, and MAIL_USE_TLS asks for it."
        raise StopChecks(TLS.fail(words, NO_STARTTLS))
    try:
        connection.starttls(context=server.tls_context())
        connection.greet()
    except ssl.SSLError as error:
        raise StopChecks(server.report_tls_failure(error)) from error
    except SMTP_ERRORS as error:
        words = f"The server offered STARTTLS and then did not keep to it: {server.describe_error(error)}."
        raise StopChecks(TLS.fail(words, IN_SOME_MINUTES)) from error


def report_no_tls(server: Server, *, offered: bool) -> Finding:
    """Report that TLS is off."""
    if server.is_local:
        return TLS.ok("None was asked for, and none is needed on this computer.")
    words = "None was asked for. Whoever is in between can read the emails, and the links in them."
    remedy = "The server offers STARTTLS: set MAIL_USE_TLS=yes." if offered else "Use a server that has TLS."
    return TLS.warn(words, remedy)


def report_extensions(connection: Connection) -> Finding:
    """Report the extensions that the server offers (RFC 5321 section 2.2)."""
    offered = connection.esmtp_features
    ways = " ".join(dict.fromkeys(offered.get("auth", "").upper().split()))
    size = int(offered["size"]) if offered.get("size", "").isdecimal() else 0
    can = [
        f"login by {ways}" if ways else "no login",
        f"emails up to {size / MEGABYTE:.3g} MB" if size else "",
        *(name for name in NAMED if name.lower() in offered),
    ]
    words = ", ".join(filter(None, can))
    if 0 < size < MEGABYTE:
        return EXTENSIONS.warn(f"{words}.", "That is small: emails with attachments will be refused for their size.")
    if "smtputf8" not in offered:
        words += "; without SMTPUTF8 it takes no email to an address like jürgen@example.com"
    return EXTENSIONS.ok(f"{words}.")


def check_login(server: Server, connection: Connection) -> Finding:
    """Sign in as delivery does.

    Raises:
        StopChecks: when the server does not let us in.
    """
    mail = server.mail
    if not mail.username:
        return LOGIN.ok("No user name is set, so none was tried.")
    if not (server.uses_tls or server.is_local):
        raise StopChecks(LOGIN.fail(f"It was not tried: {IN_THE_CLEAR}.", "Set MAIL_USE_TLS=yes."))
    try:
        connection.sign_in(mail.username, mail.password)
    except smtplib.SMTPResponseException as error:
        reply = server.redact_reply(error.smtp_code, error.smtp_error)
        raise StopChecks(server.report_refusal(LOGIN, Stage.LOGIN, reply)) from error
    except SMTP_ERRORS as error:
        remedy = "Ask your provider for a way to sign in by user name and password (PLAIN, LOGIN or CRAM-MD5)."
        raise StopChecks(LOGIN.fail(f"It did not work: {server.describe_error(error)}.", remedy)) from error
    return LOGIN.ok("The server let us in.")


def check_sender(server: Server, connection: Connection) -> Finding:
    """Send MAIL FROM and RCPT TO with the sender's address, then RSET and QUIT.

    Raises:
        StopChecks: when the server hangs up.
    """
    address = for_the_wire(server.mail.sender.address)
    options = "" if address.isascii() else " SMTPUTF8 BODY=8BITMIME"
    try:
        sender = server.redact_reply(*connection.begin(f"MAIL FROM:<{address}>{options}"))
        if sender.code not in SUCCESS:
            return server.report_refusal(SENDER, Stage.SENDER, sender)
        finding = check_recipient(server, server.redact_reply(*connection.go_on(f"RCPT TO:<{address}>")))
        connection.rset()
        connection.quit()
    except SMTP_ERRORS as error:
        words = f"The server hung up: {server.describe_error(error)}."
        raise StopChecks(SENDER.fail(words, IN_SOME_MINUTES)) from error
    return finding


def check_recipient(server: Server, reply: Reply) -> Finding:
    """Check the reply to the sender's own address as a recipient."""
    address = server.mail.sender.address
    if reply.code in SUCCESS:
        late = " Whether it is verified there, Amazon SES says only when an email comes: `microblog mail test`."
        return SENDER.ok(f"{address} may send." + (late if server.provider == "Amazon SES" else ""))
    advice = find_advice(server.provider, Stage.RECIPIENT, reply)
    if reply.code >= PERMANENT and (reply.text.startswith("5.7.") or "relay" in reply.text.lower()):
        return SENDER.fail(f"The server takes no email from us: {reply}", advice.remedy if advice else READ_RESPONSE)
    words = f"{address} may send, but emails to it, such as bounces, are not taken: {reply}"
    return SENDER.warn(
        words, "Make sure that somebody gets them, or set MAIL_DEFAULT_SENDER to an address that exists."
    )

"""A short talk with the mail server: greeting, TLS, login, sender. It ends before a letter would be sent."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from microblog.mail.addresses import for_the_wire
from microblog.mail.connection import Connection
from microblog.mail.conversation import Hear
from microblog.mail.replies import PERMANENT, SUCCESS, Reply, Stage
from microblog.mail.smtp import IN_THE_CLEAR
from microblog.ops.doctor import certificate
from microblog.ops.doctor.advice import advice_for
from microblog.ops.doctor.certificate import TLS
from microblog.ops.doctor.findings import Finding, Subject
from microblog.ops.doctor.ports import IMPLICIT_TLS
from microblog.ops.doctor.server import ITS_OWN_WORDS, TROUBLE, Server, Stop, certificate_of

GREETING, EXTENSIONS, LOGIN, SENDER = Subject("Greeting"), Subject("Extensions"), Subject("Login"), Subject("Sender")
MEGABYTE = 1_000_000  # octets
NAMED = ("PIPELINING", "SMTPUTF8")
NO_STARTTLS = "If it has a port with TLS from the first byte (465), set MAIL_USE_SSL=yes and leave MAIL_USE_TLS unset."
IN_SOME_MINUTES = "Try again in some minutes."


def talk(server: Server, now: datetime) -> Iterator[Finding]:
    """Yield what each step found, up to one without which the next cannot be."""
    try:
        with greeted(server) as (connection, greeting):
            yield GREETING.ok(greeting)
            yield secure(server, connection, now)
            yield extensions(connection)
            yield sign_in(server, connection)
            yield name_sender(server, connection)
    except Stop as stop:
        yield stop.finding


@contextmanager
def greeted(server: Server) -> Iterator[tuple[Connection, str]]:
    """Connect and say EHLO. Gives the connection, which is closed in the end, and the server's greeting.

    Raises:
        Stop: when that fails.
    """
    heard: list[str] = []
    try:
        connection = greet(server, lambda who, line: heard.append(line) if who == "S" else None)
    except ssl.SSLError as error:
        raise Stop(server.untrusted(error)) from error
    except smtplib.SMTPResponseException as error:
        reply = server.reply(error.smtp_code, error.smtp_error)
        raise Stop(server.refused(GREETING, Stage.GREETING, reply)) from error
    except TROUBLE as error:
        raise Stop(no_greeting(server, server.words(error))) from error
    try:
        yield connection, heard[0]
    finally:
        connection.close()


def greet(server: Server, hear: Hear) -> Connection:
    """Connect and say EHLO, or leave nothing open."""
    connection = server.connect(hear)
    try:
        connection.greet()
    except TROUBLE:
        connection.close()
        raise
    return connection


def no_greeting(server: Server, words: str) -> Finding:
    """Say that the server said nothing, or hung up."""
    if server.mail.port in IMPLICIT_TLS and not server.mail.implicit_tls:
        remedy = f"Port {server.mail.port} wants TLS from the first byte: set MAIL_USE_SSL=yes, not MAIL_USE_TLS."
    else:
        remedy = "It may be overloaded, or no mail server, or something in between keeps its words back."
    return GREETING.fail(f"It did not greet us: {words}.", remedy)


def secure(server: Server, connection: Connection, now: datetime) -> Finding:
    """Go over to TLS, if that was asked for, and look at the certificate.

    Raises:
        Stop: when there is no TLS, or none that can be trusted.
    """
    if not server.tls:
        return in_the_clear(server, offered=connection.has_extn("starttls"))
    if server.mail.starttls:
        start_tls(server, connection)
    version = connection.sock.version() if isinstance(connection.sock, ssl.SSLSocket) else None
    return certificate.judge(certificate_of(connection), version or "TLS", now)


def start_tls(server: Server, connection: Connection) -> None:
    """Go over to TLS.

    Raises:
        Stop: when that fails.
    """
    if not connection.has_extn("starttls"):
        words = "The server does not offer STARTTLS, and MAIL_USE_TLS asks for it."
        raise Stop(TLS.fail(words, NO_STARTTLS))
    try:
        connection.starttls(context=server.context())
        connection.greet()
    except ssl.SSLError as error:
        raise Stop(server.untrusted(error)) from error
    except TROUBLE as error:
        words = f"The server offered STARTTLS and then did not keep to it: {server.words(error)}."
        raise Stop(TLS.fail(words, IN_SOME_MINUTES)) from error


def in_the_clear(server: Server, *, offered: bool) -> Finding:
    """Say what it means to have no TLS."""
    if server.here:
        return TLS.ok("None was asked for, and none is needed on this computer.")
    words = "None was asked for. Whoever is in between can read the letters, and the links in them."
    remedy = "The server offers STARTTLS: set MAIL_USE_TLS=yes." if offered else "Use a server that has TLS."
    return TLS.warn(words, remedy)


def extensions(connection: Connection) -> Finding:
    """Say what the server can do (RFC 5321 section 2.2)."""
    offered = connection.esmtp_features
    ways = " ".join(dict.fromkeys(offered.get("auth", "").upper().split()))
    size = int(offered["size"]) if offered.get("size", "").isdecimal() else 0
    can = [
        f"login by {ways}" if ways else "no login",
        f"letters up to {size / MEGABYTE:.3g} MB" if size else "",
        *(name for name in NAMED if name.lower() in offered),
    ]
    words = ", ".join(filter(None, can))
    if 0 < size < MEGABYTE:
        return EXTENSIONS.warn(f"{words}.", "That is small: letters with attachments will be refused for their size.")
    if "smtputf8" not in offered:
        words += "; without SMTPUTF8 it takes no letter to an address like jürgen@example.com"
    return EXTENSIONS.ok(f"{words}.")


def sign_in(server: Server, connection: Connection) -> Finding:
    """Sign in as delivery does.

    Raises:
        Stop: when the server does not let us in.
    """
    mail = server.mail
    if not mail.username:
        return LOGIN.ok("No user name is set, so none was tried.")
    if not (server.tls or server.here):
        raise Stop(LOGIN.fail(f"It was not tried: {IN_THE_CLEAR}.", "Set MAIL_USE_TLS=yes."))
    try:
        connection.sign_in(mail.username, mail.password)
    except smtplib.SMTPResponseException as error:
        reply = server.reply(error.smtp_code, error.smtp_error)
        raise Stop(server.refused(LOGIN, Stage.LOGIN, reply)) from error
    except TROUBLE as error:
        remedy = "Ask your provider for a way to sign in by user name and password (PLAIN, LOGIN or CRAM-MD5)."
        raise Stop(LOGIN.fail(f"It did not work: {server.words(error)}.", remedy)) from error
    return LOGIN.ok("The server let us in.")


def name_sender(server: Server, connection: Connection) -> Finding:
    """Name the sender, and as recipient the sender again; then take both back (RSET) and leave.

    Raises:
        Stop: when the server hangs up.
    """
    address = for_the_wire(server.mail.sender.address)
    options = "" if address.isascii() else " SMTPUTF8 BODY=8BITMIME"
    try:
        sender = server.reply(*connection.begin(f"MAIL FROM:<{address}>{options}"))
        if sender.code not in SUCCESS:
            return server.refused(SENDER, Stage.SENDER, sender)
        finding = judge_recipient(server, server.reply(*connection.go_on(f"RCPT TO:<{address}>")))
        connection.rset()
        connection.quit()
    except TROUBLE as error:
        words = f"The server hung up: {server.words(error)}."
        raise Stop(SENDER.fail(words, IN_SOME_MINUTES)) from error
    return finding


def judge_recipient(server: Server, reply: Reply) -> Finding:
    """Judge what the server says of the sender's own mailbox as a recipient."""
    address = server.mail.sender.address
    if reply.code in SUCCESS:
        late = " Whether it is verified there, Amazon SES says only when a letter comes: `microblog mail test`."
        return SENDER.ok(f"{address} may send." + (late if server.provider == "Amazon SES" else ""))
    advice = advice_for(server.provider, Stage.RECIPIENT, reply)
    if reply.code >= PERMANENT and (reply.text.startswith("5.7.") or "relay" in reply.text.lower()):
        return SENDER.fail(f"The server takes no letter from us: {reply}", advice.remedy if advice else ITS_OWN_WORDS)
    words = f"{address} may send, but letters to it, such as bounces, are not taken: {reply}"
    return SENDER.warn(
        words, "Make sure that somebody gets them, or set MAIL_DEFAULT_SENDER to an address that exists."
    )

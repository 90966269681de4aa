"""Reachability of the mail server: its name and its ports."""

import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum

from microblog.ops.doctor.findings import Finding, Subject
from microblog.settings import MailSettings

NAME, PORTS = Subject("Server name"), Subject("Ports")
STANDARD = (587, 2525, 465, 25)
IMPLICIT_TLS = frozenset({465, 2465})
ASK_HOST = (
    "Ask your host whether it blocks outgoing mail (many do, and lift it when asked), or use a provider that listens "
    "at 2525 as well."
)


class Reach(Enum):
    """The outcome of probing a port."""

    OPEN = "answers"
    CLOSED = "is closed"
    SILENT = "does not answer"


def check_server_name(server: str) -> Finding:
    """Look up the server's name as delivery does: in the hosts file and in the DNS."""
    try:
        found = socket.getaddrinfo(server, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        words = f"No address was found for {server}."
        return NAME.fail(words, "Look for a slip in MAIL_SERVER. If it is right, this computer cannot ask the DNS.")
    addresses = sorted({str(one[4][0]) for one in found})
    return NAME.ok(f"{server} is at {', '.join(addresses)}")


def probe_ports(server: str, ports: Sequence[int], seconds: float) -> dict[int, Reach]:
    """Probe several ports at once."""
    several = list(dict.fromkeys(ports))
    with ThreadPoolExecutor(len(several)) as crowd:
        found = crowd.map(lambda port: probe_port(server, port, seconds), several)
        return dict(zip(several, found, strict=True))


def probe_port(server: str, port: int, seconds: float) -> Reach:
    """Probe a port: connect, and close the connection."""
    try:
        with socket.create_connection((server, port), seconds):
            return Reach.OPEN
    except ConnectionRefusedError:
        return Reach.CLOSED
    except OSError:  # no answer in time, no way there, a firewall's word
        return Reach.SILENT


def check_ports(mail: MailSettings, found: Mapping[int, Reach]) -> Finding:
    """Check that the port in the settings answers, or name one that would do."""
    others = [port for port in found if port != mail.port]
    answering = [port for port in others if found[port] is Reach.OPEN]
    if found[mail.port] is Reach.OPEN:
        also = f" Of the others, {join_ports(answering) or 'none'} {'does' if len(answering) < 2 else 'do'}."  # noqa: PLR2004
        return PORTS.ok(f"Port {mail.port} answers." + (also if others else ""))
    how = f"Port {mail.port} of {mail.server} {found[mail.port].value}"
    if answering:
        words = f"{how}, but {join_ports(answering)} {'does' if len(answering) == 1 else 'do'}."
        blocked = " Your host seems to block it." if found[mail.port] is Reach.SILENT else ""
        return PORTS.fail(words + blocked, settings_for_port(choose_port(mail, answering)))
    if found[mail.port] is Reach.CLOSED:
        return PORTS.fail(
            f"{how}: nothing listens there.", "Compare MAIL_SERVER and MAIL_PORT with your provider's page."
        )
    rest = f", and neither does {join_ports(others)}" if others else ""
    return PORTS.fail(f"{how}{rest}. Your host seems to block outgoing mail, or the server is down.", ASK_HOST)


def choose_port(mail: MailSettings, answering: Sequence[int]) -> int:
    """Choose the port that needs the least change: the same kind of TLS first, then in the order of STANDARD."""
    return min(answering, key=lambda port: ((port in IMPLICIT_TLS) != mail.implicit_tls, port_rank(port)))


def port_rank(port: int) -> int:
    """Return a port's position in STANDARD."""
    return STANDARD.index(port) if port in STANDARD else len(STANDARD)


def settings_for_port(port: int) -> str:
    """Return the instructions for using a port."""
    if port in IMPLICIT_TLS:
        return f"Set MAIL_PORT={port} and MAIL_USE_SSL=yes, and leave MAIL_USE_TLS unset."
    return f"Set MAIL_PORT={port} and MAIL_USE_TLS=yes, and leave MAIL_USE_SSL unset."


def join_ports(ports: Sequence[int]) -> str:
    """Join ports with commas."""
    return ", ".join(str(port) for port in ports)

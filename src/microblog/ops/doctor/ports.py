"""Can the mail server be reached at all: its name, and the ports mail is handed over at."""

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
    """What came of knocking at a port."""

    OPEN = "answers"
    CLOSED = "is closed"
    SILENT = "does not answer"


def check_name(server: str) -> Finding:
    """Look the server's name up, as delivery does: in this computer's own files and in the DNS."""
    try:
        found = socket.getaddrinfo(server, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        words = f"No address was found for {server}."
        return NAME.fail(words, "Look for a slip in MAIL_SERVER. If it is right, this computer cannot ask the DNS.")
    addresses = sorted({str(one[4][0]) for one in found})
    return NAME.ok(f"{server} is at {', '.join(addresses)}")


def knock_at(server: str, ports: Sequence[int], seconds: float) -> dict[int, Reach]:
    """Try several ports at once."""
    several = list(dict.fromkeys(ports))
    with ThreadPoolExecutor(len(several)) as crowd:
        found = crowd.map(lambda port: knock(server, port, seconds), several)
        return dict(zip(several, found, strict=True))


def knock(server: str, port: int, seconds: float) -> Reach:
    """Try one port: connect, and leave."""
    try:
        with socket.create_connection((server, port), seconds):
            return Reach.OPEN
    except ConnectionRefusedError:
        return Reach.CLOSED
    except OSError:  # no answer in time, no way there, a firewall's word
        return Reach.SILENT


def judge(mail: MailSettings, found: Mapping[int, Reach]) -> Finding:
    """Say how the port in the settings stands, and which other one would do."""
    others = [port for port in found if port != mail.port]
    answering = [port for port in others if found[port] is Reach.OPEN]
    if found[mail.port] is Reach.OPEN:
        also = f" Of the others, {listed(answering) or 'none'} {'does' if len(answering) < 2 else 'do'}."  # noqa: PLR2004
        return PORTS.ok(f"Port {mail.port} answers." + (also if others else ""))
    how = f"Port {mail.port} of {mail.server} {found[mail.port].value}"
    if answering:
        words = f"{how}, but {listed(answering)} {'does' if len(answering) == 1 else 'do'}."
        blocked = " Your host seems to block it." if found[mail.port] is Reach.SILENT else ""
        return PORTS.fail(words + blocked, use(best(mail, answering)))
    if found[mail.port] is Reach.CLOSED:
        return PORTS.fail(
            f"{how}: nothing listens there.", "Compare MAIL_SERVER and MAIL_PORT with your provider's page."
        )
    rest = f", and neither does {listed(others)}" if others else ""
    return PORTS.fail(f"{how}{rest}. Your host seems to block outgoing mail, or the server is down.", ASK_HOST)


def best(mail: MailSettings, answering: Sequence[int]) -> int:
    """Choose the port that needs the least change: of the same kind of TLS, the standard ones in their order."""
    return min(answering, key=lambda port: ((port in IMPLICIT_TLS) != mail.implicit_tls, rank(port)))


def rank(port: int) -> int:
    """Return how usual a port is."""
    return STANDARD.index(port) if port in STANDARD else len(STANDARD)


def use(port: int) -> str:
    """Say which settings use a port."""
    if port in IMPLICIT_TLS:
        return f"Set MAIL_PORT={port} and MAIL_USE_SSL=yes, and leave MAIL_USE_TLS unset."
    return f"Set MAIL_PORT={port} and MAIL_USE_TLS=yes, and leave MAIL_USE_SSL unset."


def listed(ports: Sequence[int]) -> str:
    """Return ports as words."""
    return ", ".join(str(port) for port in ports)

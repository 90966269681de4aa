"""Readers: each turns the text of an environment variable into a value, or raises `InvalidValue`."""

import os
import re
import ssl
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

import idna
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from microblog.settings.errors import InvalidValue

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", "none"})
TOKEN_CHARACTERS = 16
MANY = 1_000_000  # the counts are kept in microseconds
DATABASE_HOST = re.compile(r"[\w.,:%/-]*")  # also several, with commas, and the folder of a socket
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Rate:
    """A number of times within a number of seconds. `times` None means without limit."""

    times: int | None
    seconds: int


UNLIMITED = Rate(None, 1)


@dataclass(frozen=True)
class PublicUrl:
    """The address of the site, as visitors write it. Every link starts from here, never from a request."""

    scheme: str
    host: str
    port: int | None

    @property
    def trial(self) -> bool:
        """True on a loopback host: demo mode on this computer. Nothing else decides that."""
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"{self.scheme}://{bracket_ipv6(self.host)}" + (f":{self.port}" if self.port else "")


@dataclass(frozen=True)
class Sender:
    """The sender of emails: a display name, which may be empty, and an address."""

    name: str
    address: str


def bracket_ipv6(host: str) -> str:
    """Return a host as written before a port (RFC 3986 section 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this computer (RFC 6761 section 6.3, RFC 1122, RFC 4291)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def token(raw: str) -> str:
    if len(raw) < TOKEN_CHARACTERS:
        should = (
            f"{TOKEN_CHARACTERS} characters or more, made for example by: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe())'"
        )
        raise InvalidValue(should, "it is so short that it can be guessed")
    return raw


def credential(raw: str) -> str:
    if any(unicodedata.category(char) == "Cc" for char in raw):
        raise InvalidValue(
            "without control characters, which no mail server takes (RFC 4616)", "it has control characters"
        )
    return raw


def flag(raw: str) -> bool:
    word = raw.lower()
    if word in YES | NO:
        return word in YES
    raise InvalidValue("yes or no (also true, false, 1, 0, on, off)")


def one_of(words: Collection[str]) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if raw.lower() in words:
            return raw.lower()
        *most, last = words
        raise InvalidValue(f"{', '.join(most)} or {last}")

    return read


def number(least: int, most: int) -> Callable[[str], int]:
    def read(raw: str) -> int:
        if re.fullmatch(r"\d{1,9}", raw, re.ASCII) and least <= int(raw) <= most:
            return int(raw)
        raise InvalidValue(f"a whole number from {least} to {most}")

    return read


def minutes(least: int, most: int) -> Callable[[str], timedelta]:
    return lambda raw: timedelta(minutes=number(least, most)(raw))


def days(least: int, most: int) -> Callable[[str], timedelta]:
    return lambda raw: timedelta(days=number(least, most)(raw))


def seconds(raw: str) -> float:
    if re.fullmatch(r"\d{1,4}(\.\d{1,3})?", raw, re.ASCII) and 0 < float(raw) <= 600:  # noqa: PLR2004
        return float(raw)
    raise InvalidValue("a number of seconds, more than 0 and up to 600")


def rate(raw: str) -> Rate:
    if raw.lower() == "off":
        return UNLIMITED
    found = re.fullmatch(r"(\d{1,9})\s*/\s*(second|minute|hour|day)", raw.lower(), re.ASCII)
    if not found or not 0 < int(found[1]) <= MANY:
        raise InvalidValue('like "5/hour" (per second, minute, hour or day, at most a million), or off')
    return Rate(int(found[1]), SECONDS[found[2]])


def address(raw: str) -> str:
    try:
        found = validate_email(raw, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        if re.fullmatch(r"[A-Za-z0-9._+-]{1,64}@localhost", raw):
            return raw
        raise InvalidValue("an email address such as admin@blog.example") from error
    return found.normalized


def addresses(raw: str) -> tuple[str, ...]:
    found = tuple(sender(part.strip()).address for part in raw.split(",") if part.strip())
    if not found:
        raise InvalidValue("addresses with commas between them, such as admin@blog.example, bob@blog.example")
    return found


def sender(raw: str) -> Sender:
    found = re.fullmatch(r'(?:"([^"<>]*)"|([^"<>]*?))\s*<([^<>]*)>', raw)
    if not raw.isprintable():
        raise InvalidValue('one address, such as admin@blog.example or "Our Blog <admin@blog.example>"')
    return Sender(found[1] or found[2] or "", address(found[3])) if found else Sender("", address(raw))


def public_url(raw: str) -> PublicUrl:
    should = "the site's address, such as https://blog.example, with nothing after the host"
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError as error:
        raise InvalidValue(should) from error
    host = canonical_host(parts.hostname or "")
    plain = raw.isprintable() and not ("@" in parts.netloc or parts.query or parts.fragment or parts.path.strip("/"))
    if parts.scheme not in ("http", "https") or not plain or port == 0 or not host:
        raise InvalidValue(should)
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidValue("https://… : plain http is for demo mode on this computer (localhost) only")
    default = {"http": 80, "https": 443}[parts.scheme]
    return PublicUrl(parts.scheme, host, None if port == default else port)


def canonical_host(host: str) -> str | None:
    """Return a host as browsers send it: lower case, punycode (UTS 46), short addresses. None if it is no host."""
    try:
        if ":" in host:
            return None if "%" in host else IPv6Address(host).compressed
        name = (host if host.isascii() else idna.encode(host, uts46=True).decode()).lower().removesuffix(".")
        if NUMBER.fullmatch(name.rpartition(".")[2]):  # then it is an address, or nothing (URL Standard section 3.5)
            return str(IPv4Address(name))
    except ValueError:  # of which idna.IDNAError is one
        return None
    return name if valid_host(name) else None


def valid_host(host: str) -> bool:
    if ":" in host:
        return is_ip(host)
    return bool(re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*", host)) and len(host) < 254  # noqa: PLR2004


def is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def host_name(raw: str) -> str:
    if valid_host(raw.lower()):
        return raw.lower()
    raise InvalidValue("a host name or address alone, such as smtp.gmail.com; the port goes into MAIL_PORT")


def database_url(raw: str) -> str:
    scheme, colon, rest = raw.partition("://")
    if colon and scheme == "sqlite":
        if rest.startswith("/") and rest.strip("/") and not re.search(r":memory:|mode=memory|^/file:", rest):
            return raw
        raise InvalidValue("sqlite:///blog.db or sqlite:////var/lib/microblog/blog.db: a file, not memory")
    if colon and rest and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return is_parsable(f"postgresql+psycopg://{rest}")
    raise InvalidValue("sqlite:///path/to/file or postgresql://user:password@host/name", "it names no such database")


def is_parsable(url: str) -> str:
    should = (
        "postgresql://user:password@host:port/name, with special characters in the password written as %XX (@ as %40)"
    )
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidValue(should, "it cannot be read") from None  # the error would show a part of it
    # A password with an unescaped @ or / ends up in the host or the name, which every error would show.
    if not DATABASE_HOST.fullmatch(parsed.host or "") or set(parsed.database or "") & set("@:"):
        raise InvalidValue(should, "its host or its name has characters that belong to a password")
    return url


def folder(raw: str) -> Path:
    try:
        return Path(raw).expanduser().absolute()
    except RuntimeError as error:
        raise InvalidValue("a path; nobody with that name has a home here") from error


def readable_file(raw: str) -> Path:
    path = folder(raw)
    if not path.is_file():
        raise InvalidValue("the path of a file that exists")
    return path


def authorities(raw: str) -> Path:
    path = readable_file(raw)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:
        raise InvalidValue("a file with certificates in PEM form") from error
    return path


def secret(raw: str) -> bytes:
    return os.fsencode(raw)


def secrets(raw: str) -> tuple[bytes, ...]:
    return tuple(os.fsencode(part) for part in re.split(r"[,\s]+", raw) if part)

"""The address of the client, as the connection or a trusted proxy names it."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from microblog.settings import Settings

BRACKETED = re.compile(r"\[([^\[\]]*)\](?::\d{1,5})?")
IPV4_WITH_PORT = re.compile(r"([\d.]+):\d{1,5}", re.ASCII)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask, settings: Settings) -> None:
    """Believe as many proxies as TRUSTED_PROXIES says, and nobody else, about who the client is."""
    app.wsgi_app = plain_address(app.wsgi_app)  # type: ignore[method-assign, assignment] # Flask's own way
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]


def plain_address(app: Wsgi) -> Wsgi:
    """Write the client's address in its plain form, for all who read it."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if address := read_address(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = str(address)
        return app(environ, start_response)

    return serve


@lru_cache(1024)  # a page asks several times, and a client for several pages
def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address as proxies write it: plain, with a port, in brackets, in quotes, with a zone. None if it is none.

    RFC 7239 section 6 has brackets, quotes and ports; some proxies write them into X-Forwarded-For, too.
    """
    bare = text.strip().strip('"')
    if found := BRACKETED.fullmatch(bare) or IPV4_WITH_PORT.fullmatch(bare):
        bare = found[1]
    try:
        address = ip_address(bare.partition("%")[0])  # without a zone (RFC 4007)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def forwarded_address(header: str, proxies: int) -> IPv4Address | IPv6Address | None:
    """Return the client that the outermost of so many trusted proxies wrote into X-Forwarded-For."""
    named = [part for part in header.split(",") if part.strip()]
    return read_address(named[-proxies]) if 0 < proxies <= len(named) else None


def client_network(address: IPv4Address | IPv6Address) -> str:
    """Return the network that counts as one client: an IPv4 address, or an IPv6 /64, which is one customer's."""
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)

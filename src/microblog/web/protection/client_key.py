"""The key of a client, which rate limits count by."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import current_app, request

from microblog.web.server.client_address import client_network, forwarded_address, read_address
from microblog.web.site import this_site

log = logging.getLogger(__name__)

WARNED = "microblog clients unknown"  # of our entry among the app's extensions: what was logged already
CHECK_PROXY = "Check TRUSTED_PROXIES, and what the proxy writes into that header."


def client_key() -> str:
    """Return the key of the client of a request, "unknown" if it cannot be read; that is logged once."""
    unread = forwarding_fault(request.environ, this_site().settings.trusted_proxies)
    if unread and unread not in (warned := current_app.extensions.setdefault(WARNED, set())):
        warned.add(unread)
        log.warning("%s All visitors of such requests count as one client. %s", unread, CHECK_PROXY)
    address = read_address(request.remote_addr or "")
    return client_network(address) if address else "unknown"


def forwarding_fault(environ: Mapping[str, Any], proxies: int) -> str:
    """Say why the trusted proxies do not tell who the client is; empty where they do, or where there are none."""
    if not proxies:
        return ""
    header = environ.get("HTTP_X_FORWARDED_FOR", "")
    if len([part for part in header.split(",") if part.strip()]) < proxies:
        return "X-Forwarded-For is missing, or names fewer addresses than TRUSTED_PROXIES says."
    return "" if forwarded_address(header, proxies) else "X-Forwarded-For holds something that is no IP address."

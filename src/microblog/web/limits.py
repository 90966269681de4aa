"""Counting what one network address does."""

from ipaddress import IPv6Address, ip_address

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from microblog.limits import Limit
from microblog.web.site import this_site


def spend(db: Session, *counts: tuple[Limit, str]) -> None:
    """Count one event against each limit, or none at all.

    Raises:
        TooManyRequests: with the seconds to wait, when one of them is reached.
    """
    site = this_site()
    now = site.now()
    for limit, subject in counts:
        verdict = site.limits.spend(db, limit, subject, now)
        if not verdict.allowed:
            raise TooManyRequests(retry_after=verdict.retry_after)


def client() -> str:
    """Return the network a request comes from: an IPv4 address, or an IPv6 /64, which is what one household has."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)

"""Counting what one network address does."""

from ipaddress import IPv6Address, ip_address

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from microblog.limits import Limit
from microblog.settings import Rate
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


def spend_of_all(db: Session, whole_site: Limit, network: str, rarely: Rate) -> None:
    """Count one event against what the whole site may do.

    Where that is used up, a network that asks `rarely` has a share of its own left. Otherwise one stranger with a few
    addresses could keep everybody from what brings them back in.

    Raises:
        TooManyRequests: when both are used up.
    """
    try:
        spend(db, (whole_site, "all"))
    except TooManyRequests:
        per_network = Limit(f"{whole_site.name} per rare network", rarely)
        of_all = Limit(f"{whole_site.name} of rare networks", whole_site.rate)
        spend(db, (per_network, network), (of_all, "all"))


def client() -> str:
    """Return the network a request comes from: an IPv4 address, or an IPv6 /64, which is what one household has."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)

"""Counting what one client does."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from microblog.limits import ALLOWED, Limit, Verdict
from microblog.settings import Rate
from microblog.web.server.client_address import forwarded_address, household, read_address
from microblog.web.site import this_site

Counts = tuple[tuple[Limit, str], ...]
log = logging.getLogger(__name__)

WARNED = "microblog clients unknown"  # of our entry among the app's extensions: what the log was told of
CHECK_PROXY = "Check TRUSTED_PROXIES, and what the proxy writes into that header."
NOTED_PER_NAME, NOTED_PER_CLIENT, NOTED = Rate(6, 3600), Rate(60, 3600), Rate(2000, 3600)


def spend(db: Session, *counts: tuple[Limit, str]) -> None:
    """Count one event against each limit, or none at all.

    Raises:
        TooManyRequests: with the seconds to wait, when one of them is reached.
    """
    site = this_site()
    insist(site.limits.spend_all(db, counts, site.now()))


def insist(verdict: Verdict) -> None:
    """Go on only where a limit allows it.

    Raises:
        TooManyRequests: with the seconds to wait, when it does not.
    """
    if not verdict.allowed:
        raise TooManyRequests(retry_after=verdict.retry_after)


def spend_of_all(db: Session, whole_site: Limit, network: str, rarely: Rate) -> None:
    """Count one event against what the whole site may do.

    Where that is used up, a network that asks `rarely` has a share of its own left. Otherwise one stranger with a few
    addresses could keep everybody from what brings them back in.

    Raises:
        TooManyRequests: when both are used up.
    """
    insist(count_of_all(db, whole_site, network, rarely)[0])


def count_of_all(db: Session, whole_site: Limit, network: str, rarely: Rate) -> tuple[Verdict, Counts]:
    """Do the same, and return what was decided and what was counted."""
    site = this_site()
    alone: Counts = ((whole_site, "all"),)
    per_network = Limit(f"{whole_site.name} per rare network", rarely)
    of_all = Limit(f"{whole_site.name} of rare networks", whole_site.rate)
    verdict = ALLOWED
    for counts in (alone, ((per_network, network), (of_all, "all"))):
        verdict = site.limits.spend_all(db, counts, site.now())
        if verdict.allowed:
            return verdict, counts
    return verdict, ()


def count_in_all(db: Session, whole_site: Limit, network: str, rarely: Rate, *counts: tuple[Limit, str]) -> Verdict:
    """Count one event against what the whole site may do, and then against each limit, or none at all.

    A refusal is a value: an error would undo what others wrote in the same transaction.
    """
    site = this_site()
    verdict, counted = count_of_all(db, whole_site, network, rarely)
    if verdict.allowed:
        verdict = site.limits.spend_all(db, counts, site.now())
        for one in () if verdict.allowed else counted:
            site.limits.give_back(db, *one)
    return verdict


def may_be_noted(db: Session, what: str, who: str, by: str = "") -> bool:
    """Tell whether one more of what is over a limit becomes an event: all of it would be a way to fill the disk.

    So few of one client, so few of all, and so few for one name, in this order: a row is written for each name that
    is counted, and anybody has as many names as they like. `by` is the client, where that is not who asks now.
    """
    site = this_site()
    counts = (
        (Limit(f"{what}, noted per client", NOTED_PER_CLIENT), by or client()),
        (Limit(f"{what}, noted", NOTED), "all"),
        (Limit(f"{what}, noted per name", NOTED_PER_NAME), who),
    )
    return all(site.limits.spend(db, limit, subject, site.now()).allowed for limit, subject in counts)


def client() -> str:
    """Return who a request comes from, "unknown" where that cannot be read; then the log says so, once."""
    unread = forwarding_fault(request.environ, this_site().settings.trusted_proxies)
    if unread and unread not in (warned := current_app.extensions.setdefault(WARNED, set())):
        warned.add(unread)
        log.warning("%s All visitors of such requests count as one client. %s", unread, CHECK_PROXY)
    address = read_address(request.remote_addr or "")
    return household(address) if address else "unknown"


def forwarding_fault(environ: Mapping[str, Any], proxies: int) -> str:
    """Say why the trusted proxies do not tell who the client is; empty where they do, or where there are none."""
    if not proxies:
        return ""
    header = environ.get("HTTP_X_FORWARDED_FOR", "")
    if len([part for part in header.split(",") if part.strip()]) < proxies:
        return "X-Forwarded-For is missing, or names fewer addresses than TRUSTED_PROXIES says."
    return "" if forwarded_address(header, proxies) else "X-Forwarded-For holds something that is no IP address."

"""Alerts to an account's owner about a sign-in after many failures, or from a new device."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, devices_of
from microblog.auth.emails.failed_sign_ins import FAILED_SIGN_INS, SignedInAfterFailures
from microblog.auth.emails.new_device import NEW_DEVICE, SignedInFromNewDevice
from microblog.auth.failed_sign_ins import Failures, failures_since_success
from microblog.identity import Account, notice_addresses
from microblog.mail import queue
from microblog.origin import Origin

MANY = 10  # failures before a success that the owner hears of (ASVS 5.0, 6.3.5)
PLACES = 3  # that are named
CAME_IN = (EventType.SIGNED_IN, EventType.SIGNED_UP)


def alert_owner(session: Session, account: Account, now: datetime, origin: Origin, *, known_browser: bool) -> None:
    """Email all of the owner's addresses if a sign-in is suspicious, before the sign-in is recorded."""
    failures = failures_since_success(session, account.id)
    if failures.times >= MANY:
        after_failures = signed_in_after(failures, account.username, now, origin)
        for to in notice_addresses(session, account):
            queue(session, FAILED_SIGN_INS, to=to, payload=after_failures, now=now)
    elif not known_browser and is_new_device(session, account.id, origin.device):
        signed_in = SignedInFromNewDevice(account.username, now, origin)
        for to in notice_addresses(session, account):
            queue(session, NEW_DEVICE, to=to, payload=signed_in, now=now)


def signed_in_after(failures: Failures, username: str, now: datetime, origin: Origin) -> SignedInAfterFailures:
    """Return the payload of the email about a sign-in that failed attempts came before."""
    return SignedInAfterFailures(
        username=username,
        at=now,
        origin=origin,
        times=failures.times,
        since=failures.since or now,
        origins=failures.places[:PLACES],
        other_origins=max(0, len(failures.places) - PLACES),
    )


def is_new_device(session: Session, account_id: int, device: str) -> bool:
    """Tell whether nobody came in from this kind of device before, though somebody did from another."""
    known = devices_of(session, account_id, CAME_IN)
    return bool(known) and device not in known

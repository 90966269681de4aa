"""What an owner is told of a sign-in that may have been somebody else's: after many failures, or from a new device."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.audit import Event, Happened
from microblog.auth.failed_sign_ins import MOST_COUNTED, Failures, failures_since_success
from microblog.identity import Account, notice_addresses
from microblog.mail import Kind, post
from microblog.origin import Origin

FAILED_LETTER = Kind("failed_sign_ins")
NEW_DEVICE_LETTER = Kind("new_device")
MANY = 10  # failures before a success that the owner hears of (ASVS 5.0, 6.3.5)
PLACES = 3  # that are named
USEFUL_FOR = timedelta(days=7)
CAME_IN = (Happened.SIGNED_IN, Happened.SIGNED_UP)


def tell_of_suspicion(
    session: Session, account: Account, now: datetime, origin: Origin, *, known_browser: bool
) -> None:
    """Post the one letter a sign-in gives cause for, if any, to all of the owner's addresses. Before it is noted."""
    failures = failures_since_success(session, account.id)
    facts: dict[str, object] = {"username": account.username, "at": now.isoformat(), "place": origin.words}
    if failures.times >= MANY:
        tell(session, account, FAILED_LETTER, facts | in_words(failures), now)
    elif not known_browser and is_new_device(session, account.id, origin.device):
        tell(session, account, NEW_DEVICE_LETTER, facts, now)


def tell(session: Session, account: Account, kind: Kind, facts: dict[str, object], now: datetime) -> None:
    """Post a letter to all of an account's addresses."""
    for address in notice_addresses(session, account):
        post(session, kind, to=address, facts=facts, useful_for=USEFUL_FOR, now=now)


def in_words(failures: Failures) -> dict[str, object]:
    """Return the facts of a letter about failures."""
    return {
        "times": f"{failures.times:,}" if failures.times < MOST_COUNTED else f"more than {MOST_COUNTED - 1:,}",
        "since": failures.since.isoformat() if failures.since else "",
        "places": places_in_words(failures.places),
    }


def places_in_words(places: tuple[Origin, ...]) -> str:
    """Name the first few places, and say how many there are besides."""
    words = [place.words for place in places[:PLACES]]
    others = len(places) - len(words)
    if others:
        words.append("one other place" if others == 1 else f"{others} other places")
    return "; ".join(words)


def is_new_device(session: Session, account_id: int, device: str) -> bool:
    """Tell whether nobody came in from this kind of device before, though somebody did from another."""
    before = select(Event.device).where(Event.account_id == account_id, Event.kind.in_(CAME_IN), Event.device != "")
    known = session.scalars(before.distinct()).all()  # few: there are hardly a hundred kinds
    return bool(known) and device not in known

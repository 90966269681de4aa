"""Finding emails, newest first, page by page; and one email with its tries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, or_, select, union
from sqlalchemy.orm import Session

from microblog.mail.addresses import canonical_identifier, clean_identifier
from microblog.mail.leases import REFUSED
from microblog.mail.outbox import OPEN, UNCOUNTED, Email, EmailCount, State, Try
from microblog.redaction import redact_line

LOOK_BACK = 500_000  # emails that one search goes through where no index helps, so that no page takes long
HIGHEST = 2**63 - 1  # an email's number; the databases know no higher one
LONGEST = 340  # characters of an address's key
NAMES = ("id", "kind", "state", "to", "queued_at", "due_at", "expires_at", "tries", "message_id", "reply", "reason")
COLUMNS = [getattr(Email, name) for name in (*NAMES, "ended_at")]  # the facts are not among them
TOLD = ("kind", "to", "message_id", "reply", "reason")  # in words that others chose
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class EmailEntry:
    """An email without its content. `to` is empty once the recipient is forgotten."""

    id: int
    kind: str
    state: str
    to: str
    queued_at: datetime
    due_at: datetime
    expires_at: datetime
    tries: int
    message_id: str
    reply: str
    reason: str
    ended_at: datetime | None


@dataclass(frozen=True)
class TryMade:
    """One try: when, what the email became by it, and the server's words."""

    number: int
    at: datetime
    state: str
    reply: str


@dataclass(frozen=True)
class Wanted:
    """A filter by state, kind, and address, username or number. Empty means any."""

    state: State | None = None
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class EmailPage:
    """A page of emails, newest first, and the numbers where the older and newer pages begin."""

    entries: tuple[EmailEntry, ...]
    older: int | None = None
    newer: int | None = None


def find(
    session: Session, wanted: Wanted, *, size: int, before: int | None = None, after: int | None = None
) -> EmailPage:
    """Return a page of the emails with numbers below `before`, or of those next above `after`, or the newest.

    Where nothing but going through the emails finds them, at most `LOOK_BACK` are gone through. Such a page may be
    short, or empty, and still have older ones.
    """
    conditions = conditions_for(wanted)
    if conditions is None:
        return EmailPage(())
    if after is not None and (above := page_above(session, wanted, conditions, size, after)):
        return above
    top = (session.scalar(select(func.max(Email.id))) or 0) + 1
    start = top if before is None else max(1, min(before, top))
    floor = max(1, start - LOOK_BACK) if goes_through(wanted) else 1
    within = (*conditions, Email.id < start, Email.id >= floor)
    found = entries(session, select(*COLUMNS).where(*within).order_by(Email.id.desc()).limit(size + 1))
    rest = floor if floor > 1 else None
    older = found[size - 1].id if len(found) > size else rest
    return EmailPage(found[:size], older=older, newer=start - 1 if start < top else None)


def emails_to(session: Session, keys: Collection[str], ids: Collection[int], most: int) -> tuple[EmailEntry, ...]:
    """Return the newest emails to any of these keys, or with one of these numbers, oldest first."""
    wanted = or_(Email.address_key.in_(keys), Email.id.in_(ids))
    return entries(session, select(*COLUMNS).where(wanted).order_by(Email.id.desc()).limit(most))[::-1]


def page_above(session: Session, wanted: Wanted, conditions: Conditions, size: int, after: int) -> EmailPage | None:
    """Return the page of emails next above a number; None where they are the newest ones."""
    top = session.scalar(select(func.max(Email.id))) or 0
    start = max(0, min(after, top))
    ceiling = min(top, start + LOOK_BACK) if goes_through(wanted) else top
    within = (*conditions, Email.id > start, Email.id <= ceiling)
    found = entries(session, select(*COLUMNS).where(*within).order_by(Email.id).limit(size + 1))
    if len(found) <= size and ceiling == top:
        return None
    newer = found[size - 1].id if len(found) > size else ceiling
    return EmailPage(found[:size][::-1], older=start + 1, newer=newer)


def conditions_for(wanted: Wanted) -> Conditions | None:
    """Return what an email must meet; None where none can."""
    words = clean_identifier(wanted.words)
    if len(words) > LONGEST or not words.isprintable():  # PostgreSQL refuses to be asked about some characters
        return None
    found: list[ColumnElement[bool]] = [condition_for(words)] if words else []
    if wanted.kind:
        found.append(Email.kind == wanted.kind)
    if is_open(wanted.state):
        found.append(Email.id.in_(select(Email.id).where(OPEN)))  # along the index of these, which are few
    if wanted.state:
        found.append(Email.state == wanted.state)
    return tuple(found)


def condition_for(words: str) -> ColumnElement[bool]:
    """Return the condition for an address in any of its spellings, a username, or an email's number."""
    to_them = Email.address_key == canonical_identifier(words)
    number = number_in(words.removeprefix("#"))
    return or_(to_them, Email.id == number) if number else to_them


def goes_through(wanted: Wanted) -> bool:
    """Tell whether a search has no index to help it."""
    return not clean_identifier(wanted.words) and bool(wanted.kind or wanted.state) and not is_open(wanted.state)


def is_open(state: State | None) -> bool:
    """Tell whether a state is one of an email on its way."""
    return state in (State.WAITING, State.SENDING)


def number_in(words: str) -> int | None:
    """Read an email's number, None where there is none."""
    digits = words.isascii() and words.isdigit() and len(words) <= len(str(HIGHEST))
    return int(words) if digits and 0 < int(words) <= HIGHEST else None


def entry(session: Session, number: int) -> EmailEntry | None:
    """Return one email, None where there is none with that number."""
    known = 0 < number <= HIGHEST
    return next(iter(entries(session, select(*COLUMNS).where(Email.id == number))), None) if known else None


def entries(session: Session, asked: Select[Any]) -> tuple[EmailEntry, ...]:
    """Run a question about emails."""
    return tuple(entry_of(row) for row in session.execute(asked).mappings())


def entry_of(row: RowMapping) -> EmailEntry:
    """Make what is shown of what is kept."""
    facts: dict[str, Any] = {**row, **{name: redact_line(row[name] or "") for name in TOLD}}
    return EmailEntry(**facts)


def all_tries(session: Session, number: int) -> tuple[TryMade, ...]:
    """Return every try of one email, oldest first. The one that ended it stands in the email's own row."""
    found = entry(session, number)
    return tries_of(session, [found])[number] if found else ()


def tries_of(session: Session, found: Collection[EmailEntry]) -> dict[int, tuple[TryMade, ...]]:
    """Return every try of some emails, oldest first, by the email's number: in one statement."""
    kept: dict[int, list[TryMade]] = {one.id: [] for one in found}
    made = select(Try).where(Try.email_id.in_(kept)).order_by(Try.number, Try.id)
    for one in session.scalars(made) if kept else ():
        kept[one.email_id].append(TryMade(one.number, one.at, one.state, redact_line(one.reply)))
    return {one.id: (*kept[one.id], *last_try(one)) for one in found}


def last_try(found: EmailEntry) -> tuple[TryMade, ...]:
    """Return the try that ended an email; none where it ended without one, or its words were forgotten."""
    by_a_try = found.state == State.SENT or (found.state, found.reason) == (State.FAILED, REFUSED)
    if not (by_a_try and found.ended_at and found.reply):
        return ()
    return (TryMade(found.tries, found.ended_at, found.state, found.reply),)


def kinds(session: Session) -> tuple[str, ...]:
    """Return the kinds of emails there are or were, by name."""
    asked = (select(EmailCount.kind), select(Email.kind).where(OPEN), select(Email.kind).where(UNCOUNTED))
    return tuple(sorted(session.scalars(union(*asked))))

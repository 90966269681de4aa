"""Everything an account holds, as JSON, a little at a time: each package adds its part, and none of it is a secret."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.audit import Event, EventType, record
from microblog.auth import Action, ActionOutcome, SignInSession, perform_or_confirm
from microblog.contact import AddressChange
from microblog.context import Context
from microblog.db import Database
from microblog.identity import Account, get_account, notice_addresses

BATCH = 500  # rows in one reading transaction, so that none stays open while somebody downloads slowly

Row = dict[str, Any]
Rows = Callable[[Session, int, int], Sequence[tuple[int, Row]]]


@dataclass(frozen=True)
class Part:
    """One list in the download. `rows(session, account_id, after)` returns up to `BATCH` rows beyond a number.

    Each comes with its own number; moments are aware, and become text.
    """

    name: str
    rows: Rows


def request_export(context: Context, verified: Account) -> ActionOutcome:
    """Let a member whose password was just verified download everything: `export` makes it while it is sent.

    Raises:
        ChangedMeanwhile, RateLimited: as `perform_or_confirm`.
    """
    return perform_or_confirm(context, Action.DOWNLOAD, record_export, verified)


def record_export(context: Context, session: Session, account: Account, wanted: str) -> None:  # noqa: ARG001 - `Perform`
    """Record that a member downloads everything."""
    record(session, account.id, EventType.DATA_DOWNLOADED, context.now, origin=context.origin)


def export(database: Database, account_id: int, parts: Sequence[Part]) -> Iterator[str]:
    """Yield the download: one JSON object, `account` first, then a list for each part."""
    with database.reading() as session:
        account = about_account(session, account_id)
    yield f'{{\n"account": {as_json(account)}'
    for part in parts:
        yield f",\n{as_json(part.name)}: ["
        yield from rows_of(database, account_id, part)
        yield "\n]"
    yield "\n}\n"


def rows_of(database: Database, account_id: int, part: Part) -> Iterator[str]:
    """Yield the rows of one part, a line each."""
    after, comma = 0, ""
    while True:
        with database.reading() as session:
            found = part.rows(session, account_id, after)
        for number, row in found:
            yield f"{comma}\n{as_json(row)}"
            after, comma = number, ","
        if not found:
            return


def as_json(value: object) -> str:
    """Write one value; moments become text in UTC."""
    return json.dumps(value, ensure_ascii=False, default=str)


def about_account(session: Session, account_id: int) -> Row:
    """Return what there is to say of the account itself; nothing where it is gone."""
    account = get_account(session, account_id)
    if account is None:
        return {}
    addresses = notice_addresses(session, account)
    row: Row = {"username": account.username, "email": account.email, "member_since": account.created_at}
    return row | {"second_email": addresses[1] if len(addresses) > 1 else None, "recovered": account.recovered_at}


def event_row(event: Event) -> Row:
    """Return what there is to say of an event, in codes."""
    row = {"at": event.at, "what": event.kind, "detail": event.detail}
    return row | {"device": event.device, "network": event.network}


def session_row(login: SignInSession) -> Row:
    """Return what there is to say of a login."""
    row: Row = {"since": login.created_at, "last_seen": login.seen_at, "ends": login.expires_at}
    return row | {"device": login.device, "network": login.network}


def move_row(change: AddressChange) -> Row:
    """Return what there is to say of a move to another address."""
    row: Row = {"from": change.old_email, "to": change.new_email, "asked": change.asked_at}
    return row | {"completed": change.completed_at, "taken_back": change.taken_back_at}


def part_of(name: str, key: InstrumentedAttribute[int], owner: ColumnElement[Any], row: Callable[[Any], Row]) -> Part:
    """Make the part of a table whose rows have a number and an owner."""

    def rows(session: Session, account_id: int, after: int) -> Sequence[tuple[int, Row]]:
        theirs = select(key.class_).where(owner == account_id, key > after).order_by(key).limit(BATCH)
        return [(one.id, row(one)) for one in session.scalars(theirs)]

    return Part(name, rows)


EXPORT_PARTS = (
    part_of("events", Event.id, Event.account_id.expression, event_row),
    part_of("logins", SignInSession.id, SignInSession.account_id.expression, session_row),
    part_of("address_changes", AddressChange.id, AddressChange.account_id.expression, move_row),
)

"""Everything an account holds, as JSON, a little at a time: each package adds its part, and none of it is a secret."""

import json
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.auth import Action, ActionOutcome, perform_or_confirm
from microblog.context import Context
from microblog.db import Database
from microblog.exports import ExportPart, Row
from microblog.identity import Account, get_account, notice_addresses


def request_export(context: Context, verified: Account) -> ActionOutcome:
    """Let a member whose password was just verified download everything: `export` makes it while it is sent.

    Raises:
        ChangedMeanwhile, RateLimited: as `perform_or_confirm`.
    """
    return perform_or_confirm(context, Action.DOWNLOAD, record_export, verified)


def record_export(context: Context, session: Session, account: Account, wanted: str) -> None:  # noqa: ARG001 - `Perform`
    """Record that a member downloads everything."""
    record(session, account.id, EventType.DATA_DOWNLOADED, context.now, origin=context.origin)


def export(database: Database, account_id: int, parts: Sequence[ExportPart]) -> Iterator[str]:
    """Yield the download: one JSON object, `account` first, then a list for each part."""
    with database.reading() as session:
        account = about_account(session, account_id)
    yield f'{{\n"account": {as_json(account)}'
    for part in parts:
        yield f",\n{as_json(part.name)}: ["
        yield from rows_of(database, account_id, part)
        yield "\n]"
    yield "\n}\n"


def rows_of(database: Database, account_id: int, part: ExportPart) -> Iterator[str]:
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

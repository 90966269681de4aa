"""All that a database holds, to be compared before and after, or searched for what must not be in it."""

from collections.abc import Collection

from sqlalchemy import select

from microblog.db import Database
from microblog.schema import METADATA

Dump = dict[str, list[str]]


def dump(database: Database, *, but: Collection[str] = (), but_events: Collection[str] = ()) -> Dump:
    """Return every row of every table as text, in order.

    `but` are columns (`logins.seen_at`) to leave out, and `but_events` kinds of event.
    """
    with database.reading() as session:
        return {
            table.name: sorted(
                repr({name: value for name, value in row._mapping.items() if f"{table.name}.{name}" not in but})
                for row in session.execute(select(table))
                if table.name != "events" or row._mapping["kind"] not in but_events
            )
            for table in METADATA.sorted_tables
        }


def changed(before: Dump, after: Dump) -> dict[str, tuple[list[str], list[str]]]:
    """Return, for each table that differs, the rows that went and those that came."""
    return {
        name: (sorted(set(rows) - set(after[name])), sorted(set(after[name]) - set(rows)))
        for name, rows in before.items()
        if rows != after[name]
    }

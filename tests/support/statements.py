"""What a site asks its database, statement by statement: equal answers ask the same."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from support.running import RunningSite


@contextmanager
def statements(site: RunningSite) -> Iterator[list[str]]:
    """Gather what is asked of the database meanwhile, by requests; the worker asks in its own time."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(re.sub(r"\s+", " ", statement))

    event.listen(site.database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(site.database.engine, "before_cursor_execute", note)

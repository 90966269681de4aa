"""The site's database taken away for a while, and somebody else who is connected to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from support.running import RunningSite


def connected(url: str, database: str | None = None) -> "psycopg.Connection[tuple[Any, ...]]":
    """Connect as somebody else, to the site's database or another of the same server."""
    parsed = make_url(url).set(drivername="postgresql")
    address = parsed.set(database=database or parsed.database).render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


@contextmanager
def away(site: RunningSite) -> Iterator[None]:
    """Keep the site from its database: the file is elsewhere, or the server lets nobody in."""
    site.database.engine.dispose()
    url = site.settings.database_url
    if site.database.is_postgresql:
        with connected(url, "postgres") as other:
            other.execute(f"ALTER DATABASE {make_url(url).database} ALLOW_CONNECTIONS false")
            yield
            other.execute(f"ALTER DATABASE {make_url(url).database} ALLOW_CONNECTIONS true")
    else:
        file = Path(str(make_url(url).database))
        elsewhere = file.rename(file.with_name("elsewhere.db"))
        file.mkdir()
        yield
        file.rmdir()
        elsewhere.rename(file)

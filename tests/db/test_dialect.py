"""Which database it is, is asked in one place: whatever differs between the two is in the kit, or asks it."""

import re
from pathlib import Path

from microblog.db import Database, dialect_name

SOURCE = Path(__file__).parents[2] / "src" / "microblog"
OWN_SWITCH = re.compile(r"\.dialect\.name\b|from sqlalchemy\.dialects import|with_variant\(")
NOT_YET = {"mail"}  # is being rebuilt


def test_the_name_of_the_database_is_the_same_whoever_is_asked(database: Database, database_url: str) -> None:
    expected = "postgresql" if database_url.startswith("postgresql") else "sqlite"
    with database.reading() as session:
        assert {dialect_name(bind) for bind in (session, session.connection(), database.engine)} == {expected}
    assert database.is_postgresql is (expected == "postgresql")


def test_no_other_module_tells_the_databases_apart_by_itself() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        package = path.relative_to(SOURCE).parts[0]
        if package not in {"db", "migrations", *NOT_YET}:
            assert not OWN_SWITCH.search(path.read_text("utf-8")), path

"""What holds the tables apart: a package's tables are imported and written by that package alone."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from microblog import schema

SOURCE = Path(__file__).parents[1] / "src" / "microblog"
TABLES = {table.__name__: table.__module__ for table in schema.TABLES}
READ_MODELS = {
    "Account": "identity",
    "BackupEmail": "identity",
    "AddressChange": "contact",
    "Recovery": "ownership",
    "ReportableChange": "ownership",
    "Post": "posts",
    "PostTag": "posts",
    "Mention": "posts",
    "Follow": "follows",
    "FollowCount": "follows",
    "Email": "mail",
}
"""The tables that other packages may read, each through the public API of its package."""
ALL_TABLES = Path("schema.py")
"""The one module that imports every table, for the migrations."""


def package_of(path: Path) -> str:
    """The package, or the module beside the packages, that a file is in."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def foreign_tables(code: str, package: str) -> list[str]:
    """Every table of another package that a module imports, unless it is a read model imported from the public API."""
    imports = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) and node.level == 0)
    found = [(str(node.module), alias.name) for node in imports for alias in node.names]
    return [f"{module}.{name}" for module, name in found if is_foreign_table(module, name, package)]


def is_foreign_table(module: str, name: str, package: str) -> bool:
    """Tell whether this import reaches into the tables of another package."""
    owner = module.removeprefix("microblog").removeprefix(".").partition(".")[0] or name
    if not module.startswith("microblog") or owner == package:
        return False
    if module.endswith(".models") or name == "models":
        return True
    is_table = TABLES.get(name, "").split(".")[1:2] == [owner]
    return is_table and (READ_MODELS.get(name) != owner or module != f"microblog.{owner}")


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(SOURCE.rglob("*.py")) if path.relative_to(SOURCE) != ALL_TABLES],
    ids=lambda path: path.relative_to(SOURCE).as_posix(),
)
def test_no_package_imports_the_tables_of_another(path: Path) -> None:
    assert foreign_tables(path.read_text(), package_of(path)) == []


@pytest.mark.parametrize("package", sorted({module.split(".")[1] for module in TABLES.values()}))
def test_a_public_api_has_no_table_but_read_models(package: str) -> None:
    exported = vars(import_module(f"microblog.{package}")).get("__all__", [])
    assert [name for name in exported if name in TABLES and READ_MODELS.get(name) != package] == []


@pytest.mark.parametrize(
    "line",
    [
        "from microblog.posts.models import Post",
        "from microblog.posts import models",
        "from microblog.posts.deleting import Post",
        "from microblog.auth import SignInSession",
        "from microblog.limits import Allowance",
    ],
)
def test_a_table_imported_from_elsewhere_is_found(line: str) -> None:
    assert len(foreign_tables(line, "profiles")) == 1


@pytest.mark.parametrize(
    "line",
    ["from microblog.posts import Post", "from microblog.profiles.models import Avatar", "from microblog import posts"],
)
def test_read_models_and_tables_of_ones_own_are_allowed(line: str) -> None:
    assert foreign_tables(line, "profiles") == []


STATEMENTS = {"insert", "update", "delete", "upsert", "delete_where"}
"""Calls that make a statement which writes to the table among their arguments."""


def columns_of(table: str) -> set[str]:
    """The attributes of a table that are columns."""
    return next({column.key for column in one.__table__.columns} for one in schema.TABLES if one.__name__ == table)


def foreign_writes(code: str, package: str) -> list[str]:
    """Every write to a table of another package, by a statement, a new row, a deleted one or a set attribute.

    A module that names no table is not looked at: those copy or mend all of them alike (`backup`, `ops/future.py`).
    """
    nodes = list(ast.walk(ast.parse(code)))
    imports = [(node, alias) for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    tables = {
        alias.asname or alias.name: alias.name for node, alias in imports if is_table_of_another(node, alias, package)
    }
    columns = {column for table in tables.values() for column in columns_of(table)}
    return [ast.unparse(node) for node in nodes if writes_to(node, set(tables), columns)]


def is_table_of_another(node: ast.ImportFrom, alias: ast.alias, package: str) -> bool:
    """Tell whether an import brings a table of another package."""
    owner = TABLES.get(alias.name, "").split(".")[1:2]
    return bool(owner) and owner != [package] and str(node.module).split(".")[:2] == ["microblog", *owner]


def writes_to(node: ast.AST, tables: set[str], columns: set[str]) -> bool:
    """Tell whether this writes to one of these tables, or sets one of their columns."""
    if isinstance(node, ast.Call):
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = {name.id for one in node.args for name in ast.walk(one) if isinstance(name, ast.Name)}
        deletes_row = bool(tables) and ast.unparse(node.func) in {"session.delete", "db.delete"}
        return function in tables or deletes_row or (function in STATEMENTS and bool(named & tables))
    is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in columns
    return is_set and ast.unparse(node).partition(".")[0] != "self"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_package_writes_to_the_tables_of_another(path: Path) -> None:
    assert foreign_writes(path.read_text(), package_of(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        "update(Account).where(Account.id == 1)",
        "session.execute(delete(Account))",
        "upsert(session, Account, row, row)",
        "sqlite.insert(Account)",
        "delete_where(Account.id, bound)",
        "session.add(Account(username='alice'))",
        "session.delete(row)",
        "account.muted_until = None",
        "account.email, account.email_key = new, key",
    ],
)
def test_a_write_to_a_table_of_another_is_found(line: str) -> None:
    assert foreign_writes(f"from microblog.identity import Account\n{line}\n", "recovery") != []
    assert foreign_writes(f"from microblog.identity.models import Account\n{line}\n", "identity") == []


@pytest.mark.parametrize(
    "line",
    ["select(Account).where(Account.id == 1)", "delete(Code).where(Code.id == account.id)", "answers.update(kept)"],
)
def test_reading_a_table_of_another_is_allowed(line: str) -> None:
    assert foreign_writes(f"from microblog.identity import Account\n{line}\n", "recovery") == []

"""What holds the packages apart: a use case raises and returns codes, and their English stands at the edge."""

import ast
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

import microblog
from microblog import schema
from microblog.db import Database
from microblog.links import EmailedAction, EmailedLink, LinkProblem, Needs
from microblog.settings import load
from microblog.web import LINK_PAGES, create_app
from microblog.web.emailed_actions import LinkPage
from microblog.words.links import OF_EACH, words_for_link

SOURCE = Path(__file__).parents[1] / "src" / "microblog"
USE_CASES = (
    "audit",
    "auth",
    "contact",
    "digests",
    "follows",
    "identity",
    "moderation",
    "ownership",
    "personal_data",
    "posts",
    "profiles",
    "recovery",
    "registration",
    "subscriptions",
    "timeline",
)
"""The packages below the pages, the commands and `words`."""
PROSE = re.compile(r"\w,? [a-z]")
"""A space and a word in small letters behind another: a phrase in English. Codes, SQL keywords and names have none."""
MARKUP = re.compile(r"""^<|=["']""")
TAKES_PHRASES = {"Limit", "may_record"}
"""Calls whose names of limits are keys of rows, and read by administrators in the documents."""
KEYS = {
    "recovery codes",  # the purpose of the key that printed recovery codes depend on
    "nobody has this password",  # hashed where there is no account
}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def use_cases() -> list[Path]:
    """The modules of these packages, but for the emails: what those say is English. See `words/test_reasons.py`."""
    found = (path for package in USE_CASES for path in sorted((SOURCE / package).rglob("*.py")))
    return [path for path in found if "emails" not in path.parts]


def phrases(code: str) -> list[tuple[int, str]]:
    """Every phrase in English in a module: line and text."""
    tree = ast.parse(code)
    allowed = {id(one) for node in ast.walk(tree) for one in not_for_people(node)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in allowed)
    texts = ((one.lineno, one.value) for one in constants if isinstance(one.value, str))
    return [(line, text) for line, text in texts if is_prose(text)]


def is_prose(text: str) -> bool:
    return bool(PROSE.search(text)) and not MARKUP.search(text) and text not in KEYS


def not_for_people(node: ast.AST) -> Iterator[ast.AST]:
    """What nobody reads on a page: docstrings, messages of the log, SQL, and names of limits."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        logs = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "log"
        if logs or name in {*TAKES_PHRASES, "text"}:
            yield from ast.walk(node)


@pytest.mark.parametrize("path", use_cases(), ids=name_of)
def test_there_is_no_english_in_a_use_case(path: Path) -> None:
    assert phrases(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        'raise NothingToDo("This account has no backup email.")',
        'TAKEN = "Another account has this address now."',
        'detail = f"by {operator} on the server"',
        'Why = {"a": "wrong password"}',
        'raise UsernameTaken("Sorry, taken")',
    ],
)
def test_a_phrase_that_comes_back_is_found(line: str) -> None:
    assert len(phrases(f'"""A module."""\n{line}\n')) == 1


@pytest.mark.parametrize(
    "line",
    [
        '"""A sentence about it."""',
        'log.info("account id=%s was deleted", account.id)',
        'Limit("reset requests per client", rate)',
        "text(\"kind IN ('sign_in_refused') and at < 5\")",
        'svg = \'<path fill="red" d="M0 0H1"/>\'',
        'detail = f"others:{ended}"',
        'NAME = "JPEG XL"',
    ],
)
def test_what_no_person_reads_is_allowed(line: str) -> None:
    assert phrases(f"{line}\n") == []


def declared_links() -> list[EmailedLink]:
    """Every link that an email can carry, wherever it is declared."""
    found: dict[int, EmailedLink] = {}
    for module in pkgutil.walk_packages(microblog.__path__, "microblog."):
        if module.name.startswith(("microblog.migrations", "microblog.__main__")):
            continue
        for value in vars(import_module(module.name)).values():
            for one in value.values() if isinstance(value, dict) else [value]:
                if isinstance(one, EmailedLink):
                    found[id(one)] = one
    return list(found.values())


LINKS = declared_links()
ACTIONS = [link for link in LINKS if isinstance(link, EmailedAction)]


def test_each_link_is_declared_once() -> None:
    purposes = Counter(link.purpose for link in LINKS)
    assert [purpose for purpose, times in purposes.items() if times > 1] == []
    assert len({link.page for link in ACTIONS}) == len(ACTIONS)
    makes_signers = [path for path in SOURCE.rglob("*.py") if "LinkSigner(" in path.read_text()]
    assert [path.parent.name for path in makes_signers] == ["links"]


def test_each_declared_link_has_its_page(tmp_path: Path) -> None:
    settings = load({"MICROBLOG_DATA": str(tmp_path)})
    assert {page.action.purpose for page in LINK_PAGES} == {link.purpose for link in ACTIONS}
    with closing(Database(settings.database_url)) as database:
        rules = {rule.rule for rule in create_app(settings, database).url_map.iter_rules()}
    assert {f"{link.page}/<path:token>" for link in LINKS} <= rules
    keys = [page.key for page in LINK_PAGES]
    assert len(set(keys)) == len(keys)
    assert all(key.endswith("_link") for key in keys)


def test_each_declared_link_has_its_words() -> None:
    assert set(OF_EACH) == {link.purpose for link in ACTIONS}
    assert [purpose for purpose, words in OF_EACH.items() if LinkProblem.USED not in words] == []
    for purpose in OF_EACH:
        for problem in LinkProblem:
            assert words_for_link(purpose, problem).title


@pytest.mark.parametrize("page", LINK_PAGES, ids=lambda page: page.action.purpose)
def test_the_page_of_a_link_asks_for_what_the_link_needs(page: LinkPage) -> None:
    fields = vars(page.form.form)
    needed = {Needs.TICK: "sure", Needs.OWNER: "current_password"}.get(page.action.needs)
    assert needed is None or needed in fields
    assert bool(page.other_account) == (page.action.needs is Needs.SESSION)


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

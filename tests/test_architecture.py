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

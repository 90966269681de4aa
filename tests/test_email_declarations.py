"""One declaration per email: its templates, its samples, and nothing queued without one."""

import ast
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import microblog
from microblog.email_context import EmailContext, preview_context
from microblog.mail import EmailType, discover_email_types
from microblog.mail.emails.message import MESSAGE
from microblog.settings import load
from microblog.web import pages_of
from support.clock import NOON

SOURCE = Path(microblog.__file__).parent
FOLDERS = [path.parent for path in SOURCE.rglob("subject.txt")]
DECLARED = discover_email_types("microblog")
QUEUES = {"queue", "queue_returning_id"}


@pytest.fixture
def context(tmp_path: Path) -> EmailContext:
    settings = load({"MICROBLOG_DATA": str(tmp_path)})
    return preview_context(settings, pages_of(settings.public_url), NOON)


def test_every_folder_of_templates_belongs_to_one_email(context: EmailContext) -> None:
    shown = Counter(sample.name for email_type in DECLARED.values() for sample in email_type.samples(context))
    assert shown == Counter(folder.name for folder in FOLDERS)


def test_templates_lie_beside_the_declaration_that_uses_them(context: EmailContext) -> None:
    for module in (import_module(name) for name in email_modules()):
        for email_type in (each for each in vars(module).values() if isinstance(each, EmailType)):
            for sample in email_type.samples(context):
                assert (Path(str(module.__file__)).parent / sample.name / "subject.txt").exists(), sample.name


@pytest.mark.parametrize("name", sorted(DECLARED.keys() - {MESSAGE.name}))
def test_every_email_but_other_peoples_words_has_a_sample(context: EmailContext, name: str) -> None:
    assert list(DECLARED[name].samples(context))


def test_emails_are_declared_in_the_packages_that_are_searched() -> None:
    """`EmailType(...)` stands in a module of `microblog.*.emails`, and each module there holds one at most."""
    found = [path for path, tree in modules() for node in ast.walk(tree) if calls(node) == "EmailType"]
    assert len(found) == len(set(found)) == len(DECLARED)
    assert {path.parent.name for path in found} == {"emails"}
    assert {path.parents[2] for path in found} == {SOURCE}


def test_what_is_queued_is_declared() -> None:
    """The type is named by its declaration, or is a parameter that says it is one."""
    seen = set()
    for path, tree in modules():
        if path.parent != SOURCE / "mail":
            for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
                for call in (node for node in ast.walk(function) if calls(node) in QUEUES):
                    assert isinstance(call, ast.Call)
                    seen.add(named_type(path, function, call.args[1]))
    assert seen - {"a parameter"} == DECLARED.keys() - {MESSAGE.name} - NEVER_QUEUED - BY_PARAMETER


NEVER_QUEUED = {"test_letter"}
BY_PARAMETER = {"signed_out", "deactivated", "reactivated", "second_address_added", "second_address_removed"}


def named_type(path: Path, function: ast.FunctionDef, given: ast.expr) -> str:
    assert isinstance(given, ast.Name), f"{path}:{given.lineno}"
    for parameter in function.args.args:
        if parameter.arg == given.id:
            assert parameter.annotation is not None
            assert ast.unparse(parameter.annotation).startswith("EmailType["), f"{path}:{given.lineno}"
            return "a parameter"
    email_type = vars(import_module(module_name(path)))[given.id]
    assert DECLARED[email_type.name] is email_type, f"{path}:{given.lineno}"
    return str(email_type.name)


def calls(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def email_modules() -> Iterator[str]:
    return (module_name(path) for path in sorted(SOURCE.glob("*/emails/*.py")) if path.stem != "__init__")


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)

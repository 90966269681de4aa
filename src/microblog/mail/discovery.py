"""Find the declarations of emails: every package may have a subpackage `emails`, whose modules hold one each."""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from microblog.mail.email_types import EmailType

EmailTypes = Mapping[str, EmailType[Any, Any]]


@cache
def discover_email_types(*roots: str) -> EmailTypes:
    """Return by name every EmailType in ROOT.emails and ROOT.*.emails.

    Raises:
        ValueError: where two have the same name.
    """
    found: dict[str, EmailType[Any, Any]] = {}
    for root in roots:
        for declared in (each for module in email_modules(root) for each in declarations(module)):
            if found.setdefault(declared.name, declared) is not declared:
                raise ValueError(f"two emails are named {declared.name}")
    return found


def email_modules(root: str) -> Iterator[ModuleType]:
    """Import the modules that declare emails, of a package and of those directly in it."""
    for package in [root, *(f"{root}.{child}" for child in with_emails(root))]:
        name = f"{package}.emails"
        try:
            emails = import_module(name)
        except ModuleNotFoundError as error:
            if error.name == name:
                continue
            raise
        for found in pkgutil.iter_modules(emails.__path__, f"{name}."):
            yield import_module(found.name)


def with_emails(root: str) -> Iterator[str]:
    """Yield the subpackages that have emails, without importing those that have none."""
    for folder in map(Path, import_module(root).__path__):
        yield from sorted(init.parts[-3] for init in folder.glob("*/emails/__init__.py"))


def declarations(module: ModuleType) -> Iterator[EmailType[Any, Any]]:
    """Yield the emails that a module declares."""
    yield from (value for value in vars(module).values() if isinstance(value, EmailType))

"""Each reason why an email was not sent is a code, and has words."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import microblog
from microblog.mail import CANNOT_BE_WRITTEN, REPEATED, SUPERSEDED
from microblog.mail.admin.actions import BY_OPERATOR
from microblog.mail.held import DROPPED_AFTER_RESTORE
from microblog.mail.leases import DEADLINE, REFUSED
from microblog.recovery.emails.reset_password import MUTED, TOO_MANY
from microblog.words import reason_text
from microblog.words.reasons import TEXTS

SOURCE = Path(microblog.__file__).parent
OF_DELIVERY = {SUPERSEDED, REPEATED, DEADLINE, REFUSED, CANNOT_BE_WRITTEN, BY_OPERATOR, DROPPED_AFTER_RESTORE}
CHOSEN = {"recovery/emails/reset_password.py": {MUTED, TOO_MANY}}
"""The reasons of modules that skip an email for a reason that a function of theirs has chosen."""
LONGEST = 60  # characters, in the outbox and the counts
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def skips(path: Path) -> Iterator[str]:
    """The reasons that a module skips an email for."""
    name = path.relative_to(SOURCE).as_posix()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Skip":
            (reason,) = node.args
            if isinstance(reason, ast.Name) and not reason.id.isupper():
                yield from CHOSEN[name]
            else:
                yield str(value_of(reason, name))


def value_of(reason: ast.expr, name: str) -> object:
    """The value of a constant, by its name or written out."""
    if isinstance(reason, ast.Name):
        return vars(import_module("microblog." + name.removesuffix(".py").replace("/", ".")))[reason.id]
    return ast.literal_eval(reason)


REASONS = OF_DELIVERY.union(*(skips(path) for path in SOURCE.rglob("*.py")))


def test_there_are_words_for_each_reason_and_for_nothing_else() -> None:
    assert set(TEXTS) == REASONS


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_is_a_code_in_snake_case(reason: str) -> None:
    assert CODE.fullmatch(reason)
    assert len(reason) <= LONGEST
    assert reason_text(reason) == TEXTS[reason]


def test_a_reason_of_another_version_is_shown_as_it_is() -> None:
    assert reason_text("asked for twice") == "asked for twice"
    assert reason_text("") == ""

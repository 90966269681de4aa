"""Each event, each reason and each outcome has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import microblog
from microblog.audit import EventType
from microblog.auth import Action, CancelledBy
from microblog.auth.failed_sign_ins import FailureReason
from microblog.mail import State
from microblog.origin import NOWHERE, Origin
from microblog.words import action_text, detail_text, event_text, origin_text, outcome_text
from microblog.words.events import DETAILS, EVENTS, OUTCOMES

SOURCE = Path(microblog.__file__).parent


def test_every_type_of_event_and_every_outcome_has_its_words() -> None:
    assert set(EVENTS) == set(EventType)
    assert set(OUTCOMES) == set(State)
    assert len(set(EVENTS.values())) == len(EVENTS)
    assert all(one.value.replace("_", "").isalpha() for one in EventType)


def details() -> Iterator[str]:
    """The codes of details that stand where an event is recorded."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "detail":
                for part in ast.walk(node.value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                        yield part.value.partition(":")[0]


@pytest.mark.parametrize(
    "code", sorted({*details(), *FailureReason, *Action, *(f"cancelled_by_{by}" for by in CancelledBy)})
)
def test_every_reason_has_words(code: str) -> None:
    assert any(key.rstrip(":") == code or key.startswith(code) for key in DETAILS), code


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("", ""),
        ("wrong_password", "wrong password"),
        ("others:1", "1 other"),
        ("others:3", "3 others"),
        ("device:Firefox on Windows", "Firefox on Windows"),
        ("by_administrator", "by an administrator"),
        ("by_administrator:root", "by root"),
        ("codes_left:9", "9 left"),
        ("delete", "to delete your account"),
        ("cancelled_by_sign_in", "because somebody signed in to the account"),
        ("of_a_newer_version", "of_a_newer_version"),
        ("{0.__class__}:x", "{0.__class__}:x"),
        ("device:{0}", "{0}"),
    ],
)
def test_a_detail_is_said_in_a_few_words(detail: str, words: str) -> None:
    assert detail_text(detail) == words


def test_what_a_newer_version_noted_is_shown_as_it_is() -> None:
    assert event_text("passkey_added") == "Passkey added"
    assert event_text("signed_in") == "Signed in"


def test_nothing_is_said_of_what_there_is_not() -> None:
    assert (outcome_text(""), origin_text(NOWHERE)) == ("", "")
    assert outcome_text("sent") == "the email was sent"
    assert origin_text(Origin("Firefox on Windows", "192.0.2.0/24")) == "Firefox on Windows, network 192.0.2.0/24"


def test_every_action_that_needs_a_confirmation_has_words() -> None:
    assert len({action_text(one) for one in Action}) == len(Action)

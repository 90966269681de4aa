"""What became of an email, in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from microblog.mail.admin import ActionRefused, EmailEntry, Outcome
from microblog.words.emails import OUTCOMES, REFUSALS, action_refused_text, last_response, last_words, story
from microblog.words.spans import ago
from support.clock import NOON
from support.outbox import DAY

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (-5 * SECOND, "0 seconds"),
        (SECOND, "1 second"),
        (59.9 * SECOND, "59 seconds"),
        (MINUTE, "1 minute"),
        (HOUR - SECOND, "59 minutes"),
        (HOUR, "1 hour"),
        (2 * DAY - SECOND, "1 day"),
        (2 * DAY, "2 days"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(span: timedelta, words: str) -> None:
    assert ago(span) == words


ENTRY = EmailEntry(
    id=1,
    kind="reset_password",
    state="waiting",
    to="alice@example.com",
    queued_at=NOON,
    due_at=NOON,
    expires_at=NOON + DAY,
    tries=0,
    message_id="",
    reply="",
    reason="",
    ended_at=None,
)


@pytest.mark.parametrize(
    ("entry_", "words"),
    [
        (ENTRY, "waits for a worker"),
        (replace(ENTRY, due_at=NOON + HOUR), "leaves in 1 hour"),
        (replace(ENTRY, tries=1), "due for its next try"),
        (replace(ENTRY, tries=1, due_at=NOON + 119 * SECOND), "The next try is in 2 minutes"),
        (replace(ENTRY, state="sending"), "sending it now"),
        (replace(ENTRY, state="sent"), "The mail server took it"),
        (replace(ENTRY, state="failed", reason="refused"), "refused it for good"),
        (replace(ENTRY, state="failed", reason="cannot_be_written"), "a fault of this program"),
        (replace(ENTRY, state="expired"), "could not leave in time"),
        (replace(ENTRY, state="dropped", reason="no_such_account"), "It was not sent: no such account."),
        (replace(ENTRY, state="dropped"), "It was not sent."),
        (replace(ENTRY, state="a state of a newer version"), ""),
    ],
)
def test_where_an_email_stands_is_told_in_words(entry_: EmailEntry, words: str) -> None:
    assert words in story(entry_, NOON)


@pytest.mark.parametrize(
    ("entry_", "words"),
    [
        (ENTRY, "The server is away."),
        (replace(ENTRY, tries=1), "The server is away."),
        (replace(ENTRY, due_at=NOON + HOUR), "The server is away. The next try is in 1 hour."),
        (replace(ENTRY, state="sending"), "A worker is sending it now."),
        (replace(ENTRY, state="dropped"), "It was not sent."),
    ],
)
def test_what_stops_all_emails_is_said_of_those_that_wait(entry_: EmailEntry, words: str) -> None:
    assert story(entry_, NOON, "The server is away.") == words


@pytest.mark.parametrize(
    ("entry_", "words"),
    [
        (ENTRY, "away"),
        (replace(ENTRY, reply="450 later"), "450 later"),
        (replace(ENTRY, state="sending"), ""),
        (replace(ENTRY, state="failed", reply="550 no"), "550 no"),
        (replace(ENTRY, state="dropped", reason="superseded"), "replaced by a newer one"),
        (replace(ENTRY, state="expired", reason="deadline"), "its time had passed before it could leave"),
        (replace(ENTRY, state="dropped", reason="of an older version"), "of an older version"),
        (replace(ENTRY, state="sent", reply="250 ok"), ""),
    ],
)
def test_a_list_says_why_an_email_was_not_sent(entry_: EmailEntry, words: str) -> None:
    assert last_response(entry_, "away") == words


def test_the_last_words_are_those_of_the_server_where_it_said_any() -> None:
    assert last_words(replace(ENTRY, state="failed", reply="550 no", reason="refused")) == "550 no"
    assert last_words(replace(ENTRY, state="failed", reason="refused")) == ""


def test_each_outcome_and_each_refusal_has_its_words() -> None:
    assert set(OUTCOMES) == set(Outcome)
    kinds = ActionRefused.__subclasses__()
    assert set(REFUSALS) == {kind.code for kind in kinds}
    assert all(action_refused_text(kind()).endswith(".") for kind in kinds)
    assert all(kind.code.replace("_", "").isalpha() and kind.code.islower() for kind in kinds)

"""Letters at a terminal: aligned, and in 80 columns."""

from dataclasses import replace
from datetime import timedelta

import pytest

from microblog.cli.mail.tables import describe_email, emails_table
from microblog.mail.admin import EmailEntry, TryMade
from support.clock import NOON

SENT = EmailEntry(
    id=7,
    kind="reset_password",
    state="sent",
    to="alice@example.com",
    queued_at=NOON,
    due_at=NOON,
    expires_at=NOON + timedelta(days=1),
    tries=1,
    message_id="<7@blog.example>",
    reply="250 OK",
    reason="",
    ended_at=NOON + timedelta(seconds=2),
)
LONG = "550 5.1.1 " + "The mailbox that you tried to reach does not exist. " * 4
FAILED = replace(SENT, id=1234, state="failed", reply=LONG, kind="a_kind_with_a_very_long_name", to=f"{'a' * 60}@b.c")


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of the usual width."""
    monkeypatch.setenv("COLUMNS", "80")


def test_a_table_is_aligned_and_tells_why_a_letter_was_not_sent() -> None:
    forgotten = replace(SENT, id=9, to="", state="dropped", reply="", reason="no_such_account", tries=0)
    assert emails_table([FAILED, forgotten, SENT]).splitlines() == [
        "  ID  STATE    POSTED            TRIES  KIND              TO",
        "1234  failed   2026-11-22 12:00      1  a_kind_with_a_v…  aaaaaaaaaaaaaaaaaaaaa…",
        "      " + LONG[:73] + "…",
        "   9  dropped  2026-11-22 12:00      0  reset_password    (forgotten)",
        "      no such account",
        "   7  sent     2026-11-22 12:00      1  reset_password    alice@example.com",
    ]
    assert emails_table([]) == ""


def test_a_wide_terminal_shows_whole_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    assert FAILED.to in emails_table([FAILED])


def test_nothing_is_wider_than_the_terminal() -> None:
    tries = [TryMade(number, NOON, "waiting", LONG) for number in range(1, 12)]
    for text in (emails_table([FAILED, SENT]), describe_email(FAILED, tries, NOON)):
        assert max(map(len, text.splitlines())) <= 80


def test_a_portrait_tells_every_try_in_full() -> None:
    tries = [TryMade(1, NOON, "waiting", LONG), TryMade(2, NOON + timedelta(minutes=1), "sent", "250 OK")]
    told = describe_email(SENT, tries, NOON)
    assert told.startswith("Email 7, reset_password, to alice@example.com\nThe mail server took it.")
    assert "  posted        2026-11-22 12:00:00\n  ended         2026-11-22 12:00:02\n" in told
    assert "  Message-ID    <7@blog.example>\n" in told
    assert told.endswith("   2  2026-11-22 12:01:00  sent     250 OK")
    assert " ".join(LONG.split()) in " ".join(told.split())
    assert "last words" not in told  # they are those of the last try
    assert "next try" not in told


def test_a_portrait_of_a_waiting_letter_says_when_it_is_tried_next_and_what_keeps_it() -> None:
    waiting = replace(SENT, state="waiting", due_at=NOON + timedelta(minutes=5), ended_at=None, reply="421 busy")
    told = describe_email(waiting, [], NOON)
    assert "The next try is in 5 minutes." in told
    assert "  next try      2026-11-22 12:05:00\n" in told
    assert "  last words    421 busy\n" in told
    assert told.endswith("No try yet.")

"""Tables of emails as aligned text that fits a terminal."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime

from microblog.mail import State
from microblog.mail.admin import EmailEntry, TryMade
from microblog.words.emails import last_response, last_words, story

NARROWEST = 80
LONGEST_KIND = 16
HEADINGS = ("ID", "STATE", "POSTED", "TRIES", "KIND", "TO")
NUMBERS = (0, 3)  # the columns that hold one


def width() -> int:
    """Return how many columns there are to write in."""
    return max(NARROWEST, shutil.get_terminal_size((NARROWEST, 24)).columns)


def cut(words: str, longest: int) -> str:
    """Return as much of a text as fits."""
    return words if len(words) <= longest else words[: longest - 1] + "…"


def format_moment(at: datetime) -> str:
    """Write a moment, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def emails_table(entries: Sequence[EmailEntry], obstacle: str = "") -> str:
    """Return a line for each email, and one more with why it was not sent where it was not."""
    if not entries:
        return ""
    rows = [HEADINGS, *(cells(entry) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS) - 1)]
    lines = [aligned(widths, HEADINGS)]
    for entry, row in zip(entries, rows[1:], strict=True):
        lines.append(aligned(widths, row))
        if response := last_response(entry, obstacle):
            lines.append(" " * (widths[0] + 2) + cut(response, width() - widths[0] - 2))
    return "\n".join(lines)


def cells(entry: EmailEntry) -> tuple[str, ...]:
    """Return the cells of an email, in the order of `HEADINGS`."""
    kind, to = cut(entry.kind, LONGEST_KIND), entry.to or "(forgotten)"
    return str(entry.id), entry.state, f"{entry.queued_at:%Y-%m-%d %H:%M}", str(entry.tries), kind, to


def aligned(widths: Sequence[int], row: Sequence[str]) -> str:
    """Write one line: numbers to the right, words to the left, and of the last cell what fits."""
    filled = [
        cell.rjust(wide) if column in NUMBERS else cell.ljust(wide)
        for column, (cell, wide) in enumerate(zip(row, widths, strict=False))
    ]
    start = "".join(f"{cell}  " for cell in filled)
    return start + cut(row[-1], width() - len(start))


def describe_email(entry: EmailEntry, tries: Sequence[TryMade], now: datetime, obstacle: str = "") -> str:
    """Return all details of one email."""
    said = last_words(entry)
    facts = {
        "state": entry.state,
        "posted": format_moment(entry.queued_at),
        "ended": format_moment(entry.ended_at) if entry.ended_at else "",
        "next try": format_moment(entry.due_at) if entry.state == State.WAITING else "",
        "no use after": format_moment(entry.expires_at),
        "Message-ID": entry.message_id,
        "last words": said if not tries or tries[-1].reply != said else "",
    }
    to = f"to {entry.to}" if entry.to else "to whom is no longer kept"
    title = wrap_words("", f"Email {entry.id}, {entry.kind}, {to}")
    lines = [*title, *wrap_words("", story(entry, now, obstacle)), ""]
    lines += [line for name, fact in facts.items() if fact for line in wrap_words(f"  {name:<14}", fact)]
    return "\n".join([*lines, "", *tries_lines(tries)])


def tries_lines(tries: Sequence[TryMade]) -> Iterator[str]:
    """Tell every try, with all the server said."""
    yield "Tries" if tries else "No try yet."
    for one in tries:
        yield from wrap_words(f"{one.number:>4}  {format_moment(one.at)}  {one.state:<7}  ", one.reply)


def wrap_words(start: str, words: str) -> list[str]:
    """Write words beside a start, in as many lines as they need."""
    rest = " " * len(start)
    return textwrap.wrap(words, width(), initial_indent=start, subsequent_indent=rest) or [start]

"""Descriptions of exceptions: fingerprint, title, and traceback without secrets."""

import hashlib
import linecache
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from microblog.log import ESCAPES
from microblog.redaction import Redactor

OURS = str(Path(__file__).parents[1]) + os.sep
LONGEST_CHAIN = 5  # exceptions, each of which led to the next
FIRST, LAST = 8, 24  # calls told of each; a recursion without end has a thousand that say the same
LONGEST = 2000  # characters of one exception's message
LONGEST_READ = 2 * LONGEST  # and how many of them are looked at
UNSURE = 64  # characters at the end of that, where a secret may have been cut and so be unrecognisable
LONGEST_TITLE = 43  # characters; with a space and the hash it fits into the key
VISIBLE = {number: escape for number, escape in ESCAPES.items() if number != ord("\n")}


@dataclass(frozen=True)
class Fault:
    """An error as it may be told. Errors with the same key are one, happening again."""

    key: str
    title: str
    traceback: str


@dataclass(frozen=True)
class Call:
    """A place in the code that was being run."""

    file: str
    line: int
    function: str

    @property
    def ours(self) -> bool:
        """Tell whether it is our own code rather than a library's."""
        return self.file.startswith(OURS)

    def __str__(self) -> str:
        return f'File "{shorten_path(self.file)}", line {self.line}, in {self.function}'


def describe(error: BaseException, redactor: Redactor) -> Fault:
    """Describe an error. No variable is looked at, and what exceptions say is told as far as the redactor lets it."""
    errors = chain(error)
    title = title_of(error)
    words = format_exception(errors[0], redactor)
    for before, after in pairwise(errors):
        link = "That led to:" if after.__cause__ is before else "While that was dealt with:"
        words += f"\n\n{link}\n\n{format_exception(after, redactor)}"
    return Fault(f"{title} {fingerprint(errors)}", title, words)


def chain(error: BaseException) -> list[BaseException]:
    """Return an error and what led to it, what happened first coming first."""
    found = [error]
    while len(found) < LONGEST_CHAIN and (before := cause_of(found[0])) and all(before is not one for one in found):
        found.insert(0, before)
    return found


def cause_of(error: BaseException) -> BaseException | None:
    """Return the exception before this one, as Python itself would show it."""
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def calls(error: BaseException) -> list[Call]:
    """Return the calls an exception went through, the one that raised it last."""
    walked = traceback.walk_tb(error.__traceback__)
    return [Call(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walked]


def innermost(error: BaseException) -> list[Call]:
    """Return the last call of all and the last one of ours, which may be the same."""
    found = calls(error)
    ours = [call for call in found if call.ours]
    return list(dict.fromkeys([*found[-1:], *ours[-1:]]))


def title_of(error: BaseException) -> str:
    """Name an error in a few words: its class, and our function that it came from."""
    found = innermost(error)
    return f"{type(error).__name__} in {found[-1].function if found else '?'}".translate(ESCAPES)[:LONGEST_TITLE]


def fingerprint(errors: Sequence[BaseException]) -> str:
    """Hash what makes two errors the same: their classes and where they were raised; not their words, which vary."""
    seen = [[type(error).__module__, type(error).__qualname__, *map(str, innermost(error))] for error in errors]
    return hashlib.sha256(repr(seen).encode("utf-8", "backslashreplace")).hexdigest()[:20]


def format_exception(error: BaseException, redactor: Redactor) -> str:
    """Return one exception much as Python would print it, but not at any length."""
    found = calls(error)
    left_out = len(found) - FIRST - LAST
    if left_out <= 0:
        shown = [shown_call(call, redactor) for call in found]
    else:
        first, last = ([shown_call(call, redactor) for call in part] for part in (found[:FIRST], found[-LAST:]))
        shown = [*first, f"  ({left_out} more calls)", *last]
    head = ["Traceback (most recent call last):"] if shown else []
    return "\n".join([*head, *shown, message(error, redactor)])


def shown_call(call: Call, redactor: Redactor) -> str:
    """Return a call and its line of source, where that can be found."""
    source = redactor.hide_in_code(linecache.getline(call.file, call.line).strip())
    lines = [f"  {call}", f"    {source}"] if source else [f"  {call}"]
    return "\n".join(line.translate(ESCAPES) for line in lines)


def message(error: BaseException, redactor: Redactor) -> str:
    """Return what an exception says of itself."""
    said = "".join(traceback.format_exception_only(error)).rstrip("\n")
    shown = redactor.hide(said[:LONGEST_READ])
    if len(said) > LONGEST_READ:
        shown = shown[:-UNSURE]
    if len(said) > LONGEST_READ or len(shown) > LONGEST:
        shown = f"{shown[:LONGEST]} (and more)"
    return shown.encode("utf-8", "backslashreplace").decode().translate(VISIBLE)


def shorten_path(file: str) -> str:
    """Return a file's path from where Python found it, which is what tells something."""
    homes = [home.rstrip(os.sep) + os.sep for home in sys.path if home]
    home = max((home for home in homes if file.startswith(home)), key=len, default="")
    return file.removeprefix(home)

"""The outcome of a check: a level, what was found, and a remedy."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The severity. A warning may cost some emails; a failure costs many, or all."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check. `words` say what was found, and `remedy` what to do about it."""

    level: Level
    title: str
    words: str
    remedy: str = ""


@dataclass(frozen=True)
class Subject:
    """The subject of a check, which makes findings under its title."""

    title: str

    def ok(self, words: str) -> Finding:
        """Make a finding that all is well."""
        return Finding(Level.OK, self.title, words)

    def warn(self, words: str, remedy: str) -> Finding:
        """Make a finding of what may go wrong, with a remedy."""
        return Finding(Level.WARN, self.title, words, remedy)

    def fail(self, words: str, remedy: str) -> Finding:
        """Make a finding of what is wrong, with a remedy."""
        return Finding(Level.FAIL, self.title, words, remedy)

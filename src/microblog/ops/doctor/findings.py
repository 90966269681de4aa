"""What a check says: how it stands, what was found, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it stands. A warning may cost some letters; a failure costs many, or all."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """One check's outcome. `words` say what was found, and `remedy` what to do where it is not well."""

    level: Level
    title: str
    words: str
    remedy: str = ""


@dataclass(frozen=True)
class Subject:
    """Makes the findings about one thing, whose name is their title."""

    title: str

    def ok(self, words: str) -> Finding:
        """Say that all is well, and what was found."""
        return Finding(Level.OK, self.title, words)

    def warn(self, words: str, remedy: str) -> Finding:
        """Say what may go wrong, and what to do."""
        return Finding(Level.WARN, self.title, words, remedy)

    def fail(self, words: str, remedy: str) -> Finding:
        """Say what is wrong, and what to do."""
        return Finding(Level.FAIL, self.title, words, remedy)

"""Why the start was refused, in words for whoever set the settings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One setting that cannot be used: its name, what is wrong with it, and what it should be."""

    name: str
    wrong: str
    should: str

    def __str__(self) -> str:
        return f"{self.name}: {self.wrong}. It should be {self.should}."


class SettingsError(Exception):
    """Some settings cannot be used. Carries every problem found, so that one round mends them all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Nonsense(Exception):  # noqa: N818 - it is raised by a reader and becomes a Problem, which is the error
    """A value a reader cannot make sense of; `should` completes the sentence "It should be …"."""

    def __init__(self, should: str, wrong: str | None = None) -> None:
        super().__init__(should)
        self.should = should
        self.wrong = wrong

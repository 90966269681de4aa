"""Why startup was refused, in words for the person who set the settings."""


class SettingProblem(Exception):  # noqa: N818 - one of those that a SettingsError lists; raised only while one is read
    """One setting that cannot be used: its name, what is wrong with it, and what it should be."""

    def __init__(self, name: str, wrong: str, should: str) -> None:
        super().__init__(f"{name}: {wrong}. It should be {should}.")
        self.name = name
        self.wrong = wrong
        self.should = should


class SettingsError(Exception):
    """Some settings cannot be used. Carries every problem found, so that one round fixes them all."""

    def __init__(self, problems: list[SettingProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class InvalidValue(Exception):  # noqa: N818 - raised by a reader and turned into a SettingProblem
    """A value that a reader rejects; `should` completes the sentence "It should be …"."""

    def __init__(self, should: str, wrong: str | None = None) -> None:
        super().__init__(should)
        self.should = should
        self.wrong = wrong

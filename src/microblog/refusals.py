"""Refusals: expected outcomes that a person is told about, not faults."""


class Refusal(Exception):  # noqa: N818 - an expected outcome, not a fault
    """Something a person asked for and cannot have, with the reason in their words."""


class NothingToDo(Refusal):
    """The account is already as requested."""


class LinkOver(Refusal):
    """A link of a letter opens nothing any more, or never did; the words say why and what helps."""

    def __init__(self, words: str, title: str = "This link is over", *, genuine: bool = True) -> None:
        super().__init__(words)
        self.title = title
        self.genuine = genuine


class RateLimited(Refusal):
    """Too many requests; `retry_after` says in how many seconds the next one is allowed (RFC 9110 section 10.2.3)."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Retry after {retry_after} seconds.")
        self.retry_after = retry_after

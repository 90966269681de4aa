"""Refusals: expected outcomes that a person is told about, not faults. Each is a code; its words are in `words`."""


class Refusal(Exception):  # noqa: N818 - an expected outcome, not a fault
    """Something a person asked for and cannot have. `params` are plain values for the words.

    A class without a code of its own groups others and is never raised.
    """

    code: str = ""

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params = params


class NothingToDo(Refusal):
    """The account is already as requested."""


class RateLimited(Refusal):
    """Too many requests; `retry_after` says in how many seconds the next one is allowed (RFC 9110 section 10.2.3)."""

    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after

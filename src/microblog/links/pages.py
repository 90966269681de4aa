"""The pages that emails link to without a token."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pages:
    """The addresses of the pages that emails link to. The web passes them in, for only it knows its routes."""

    home: str
    sign_in: str
    forgot: str
    member: Callable[[str], str]
    post: Callable[[int], str]
    email_choices: str

"""Samples: emails rendered for a fictional person, for administrators to review."""

from dataclasses import dataclass

from microblog.mail.rendered import Rendered

ALICE = "Alice"
ALICES_ADDRESS = "alice@example.com"  # a domain nobody has (RFC 2606)


@dataclass(frozen=True)
class Sample:
    """One email as it would leave. `name` is its template folder's, `about` says when members get it."""

    name: str
    about: str
    email: Rendered

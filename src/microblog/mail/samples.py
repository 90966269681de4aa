"""Letters written with facts of nobody, so that whoever runs the site can look at each one before a member does."""

from dataclasses import dataclass

from microblog.mail.letters import Written

ALICE = "Alice"
ALICES_ADDRESS = "alice@example.com"  # a domain nobody has (RFC 2606)


@dataclass(frozen=True)
class Sample:
    """One letter as it would leave. `name` is its folder's, `about` says when members get it."""

    name: str
    about: str
    letter: Written

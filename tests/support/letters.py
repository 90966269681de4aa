"""Letters in the local mailbox, by whom they went to and what they are about."""

import time

from microblog.mail.mailbox import Received
from support.running import RunningSite


def letters_to(site: RunningSite, address: str, subject: str) -> list[Received]:
    """Return the letters to an address with these words in their subject, oldest first."""
    return [one for one in site.letters(0) if one.summary.to == address and subject in one.summary.subject]


def letter_to(site: RunningSite, address: str, subject: str, count: int = 1, seconds: float = 10) -> Received:
    """Return the newest of them, once there are so many."""
    deadline = time.monotonic() + seconds
    while len(found := letters_to(site, address, subject)) < count:
        assert time.monotonic() < deadline, f"no letter to {address} about {subject!r} within {seconds} s"
        time.sleep(0.02)
    return found[-1]

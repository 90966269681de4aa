"""What the log says of emails: which, and what became of each, never to whom."""

import logging
import re

from microblog.mail.claims import Claim
from microblog.mail.outbox import State
from microblog.mail.replies import Reply
from microblog.mail.writing import Batch, Ready

log = logging.getLogger("microblog.mail.delivery")

ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


def told(batch: Batch) -> list[Ready]:
    """Log what a batch ended without sending, now that it is certain, and return the rest."""
    for claim, state, words in batch.ended:
        report(claim, state, words)
    return batch.ready


def report(claim: Claim, state: State, words: Reply | str) -> None:
    """Log one outcome: which letter, not to whom."""
    letter = claim.letter
    level = logging.WARNING if state in (State.FAILED, State.EXPIRED, State.WAITING) else logging.INFO
    said = ADDRESS.sub("<address>", str(words))  # servers like to repeat it
    log.log(level, "letter %s id=%s kind=%s try=%s: %s", state, letter.id, letter.kind, claim.tries + 1, said)

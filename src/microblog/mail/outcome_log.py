"""Log the outcomes of emails, without their recipients."""

import logging
import re
from collections.abc import Callable

from microblog.mail.leases import Lease
from microblog.mail.outbox import State
from microblog.mail.rendering import Batch, Ready
from microblog.mail.replies import Reply

log = logging.getLogger("microblog.mail.delivery")

ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
OnFault = Callable[[Exception, str], None]


def only_log(error: Exception, words: str) -> None:
    """Log a fault in our own code."""
    log.error(words, exc_info=error)


def log_ended(batch: Batch) -> list[Ready]:
    """Log the emails that rendering ended, now that it is committed, and return those ready to send."""
    for lease, state, reason in batch.ended:
        log_outcome(lease, state, reason)
    return batch.ready


def log_outcome(lease: Lease, state: State, words: Reply | str) -> None:
    """Log one outcome, without the recipient."""
    email = lease.email
    level = logging.WARNING if state in (State.FAILED, State.EXPIRED, State.WAITING) else logging.INFO
    said = ADDRESS.sub("<address>", str(words))  # servers like to repeat it
    log.log(level, "email %s id=%s kind=%s try=%s: %s", state, email.id, email.kind, lease.tries + 1, said)

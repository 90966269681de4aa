"""Recovery by the operator: a link for a member whom no letter reaches, handed over by a person who knows them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.accounts import Happened, find_any, find_reached, notice_addresses, record
from microblog.mail import Kind, canonical_identifier, post
from microblog.recovery.errors import NobodyToRecover, RecoverDeactivated
from microblog.recovery.reset import BY_ADMINISTRATOR, ResetLinks

OPERATOR_LETTER = Kind("recovered_by_operator", urgent=True)
USEFUL_FOR = timedelta(days=7)
LONGEST_NAME = 32


@dataclass(frozen=True)
class Recovered:
    """A link's token, whose it is and until when it works, and at which addresses the owner is told."""

    token: str
    username: str
    ends: datetime
    told: tuple[str, ...]


def recover(session: Session, links: ResetLinks, named: str, operator: str, now: datetime) -> Recovered:
    """Make a link under the rules of all reset links, note who did, and tell the owner. The password stays as it is.

    `operator` is what the operating system calls whoever asks.

    Raises:
        NobodyToRecover, RecoverDeactivated: with the reason for the operator.
    """
    key = canonical_identifier(named)
    reached = find_reached(session, key)
    if reached is None:
        if found := find_any(session, key):
            raise RecoverDeactivated(found.username)
        raise NobodyToRecover(named)
    account = reached.account
    token, ends = links.sign(account, now, BY_ADMINISTRATOR)
    told = tuple(notice_addresses(session, account))
    record(session, account.id, Happened.RECOVERED_BY_OPERATOR, now, detail=f"by {word_of(operator)}")
    facts = {"username": account.username, "at": now.isoformat(), "minutes": links.minutes}
    for to in told:
        post(session, OPERATOR_LETTER, to=to, facts=facts, useful_for=USEFUL_FOR, now=now)
    return Recovered(token, account.username, ends, told)


def word_of(operator: str) -> str:
    """Return an operating system's user name as one word of plain letters, which can carry no text."""
    return re.sub(r"[^A-Za-z0-9._-]", "", operator)[:LONGEST_NAME] or "somebody"

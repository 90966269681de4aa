"""Seniority of addresses: how long an account has had each, which decides ownership disputes.

A thief who knows the password can add addresses and remove them, but cannot have had one for long. So an address that
the account has had for longer outranks every later one; those of 14 days and more are equal, and of these the first to
report is believed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.identity import (
    ESTABLISHED_AFTER,
    Account,
    Role,
    Standing,
    present_addresses,
    removed_addresses,
)
from microblog.ownership.models import Recovery


class Means(StrEnum):
    """The means by which somebody recovered an account or reported a takeover."""

    EMAIL = "email"
    CODE = "recovery_code"
    ADMINISTRATOR = "administrator"
    EMAIL_SET = "email_set"
    REPORT = "takeover_report"
    TAKE_BACK = "email_restored"


DISPUTES = frozenset({Means.REPORT, Means.TAKE_BACK})
"""These say that somebody else was in the account, so what that person may have changed is undone at once."""


def rank(since: datetime, now: datetime) -> datetime:
    """Return what orders proofs by seniority: the lower outranks the higher, and the established ones are equal."""
    return max(since, now - ESTABLISHED_AFTER)


def is_junior(since: datetime, other: datetime, now: datetime) -> bool:
    """Tell whether what dates from `since` is outranked by what dates from `other`."""
    return rank(since, now) > rank(other, now)


def may_dispute(session: Session, account: Account, claimant: Standing, now: datetime) -> bool:
    """Tell whether the reader of an address may say that somebody else is in the account.

    A removed address must not be outranked by one that stayed longer, and its place must not be taken by a better one:
    otherwise an address that its owner removed could come back by itself.
    """
    if claimant.removed_at is None:
        return True
    if is_surpassed(claimant, removed_addresses(session, account.id, now), now):
        return False
    primary = account.email_since or account.created_at
    if claimant.role == Role.PRIMARY:
        return not is_junior(claimant.since, primary, now)
    return is_junior(primary, claimant.since, now)


def is_surpassed(one: Standing, removed: Sequence[Standing], now: datetime) -> bool:
    """Tell whether an address that outranks a removed one was still there after it."""
    gone = one.removed_at
    later = [other for other in removed if gone and other.removed_at and other.removed_at > gone]
    return any(is_junior(one.since, other.since, now) for other in later)


def owner_addresses(session: Session, account: Account, now: datetime) -> list[str]:
    """Return every address whose reader may be the owner: those of now, and those removed within the last 14 days.

    A removed address that another one outranks was left behind, not lost, so it is not told.
    """
    present, removed = present_addresses(session, account), removed_addresses(session, account.id, now)
    primary = present[0].since
    lost = [one for one in removed if not is_junior(one.since, primary, now) and not is_surpassed(one, removed, now)]
    return list(dict.fromkeys(one.email for one in [*present, *lost]))


def later_recoveries(session: Session, account_id: int, last_id: int) -> Iterator[Recovery]:
    """Yield what happened after a recovery, by number: clocks can be set back."""
    later = Recovery.account_id == account_id, Recovery.id > last_id
    yield from session.scalars(select(Recovery).where(*later).order_by(Recovery.id))


def is_outlived(
    session: Session,
    account: Account,
    claimant: Standing,
    last_recovery_id: int,
    now: datetime,
    reported_id: int | None = None,
) -> bool:
    """Tell whether the owner came back since by a proof as good as the claimant's address or better, or by that itself.

    A return by the claimant's own address ends what the claimant had reported before (`reported_id`, the number of that
    report), and nothing else: whoever reads an old backup of that mailbox must not end its owner's links. A return that
    undoes nothing does not count for an address that was removed, as long as one it outranks has taken its place: that
    may be a thief's.
    """
    primary = account.email_since or account.created_at
    replaced = claimant.removed_at is not None and is_junior(primary, claimant.since, now)
    for one in later_recoveries(session, account.id, last_recovery_id):
        if one.means not in DISPUTES and replaced:
            continue
        if one.email_key == claimant.email_key:
            if one.means not in DISPUTES and reported_id is not None and one.id > reported_id:
                return True
        elif not is_junior(one.since, claimant.since, now):
            return True
    return False


def last_recovery_id(session: Session, account_id: int) -> int:
    """Return the number of an account's last recovery, 0 where there was none."""
    return session.scalar(select(func.max(Recovery.id)).where(Recovery.account_id == account_id)) or 0

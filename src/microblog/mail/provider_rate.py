"""The provider's rate limit: how many emails all workers together send within any window (MAIL_RATE).

Time is cut into slices, forty to a window, and the table counts what was spent in each. A slice that lies only partly
inside a window counts as a whole, and so does the one before, for an email may leave a moment after it was counted.
So the promise holds for every window, and costs two slices in forty-two. A fifth is kept free for urgent emails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from microblog.clock import Clock
from microblog.db import Lock, exclusive, upsert
from microblog.mail.outbox import ProviderRateSlot
from microblog.settings import Rate

SLICES = 40
SECOND = 1_000_000  # the table counts in microseconds since 1970
AHEAD = 60 * SECOND  # how far ahead of ours another's clock may be, where the window itself is shorter
WITHOUT_LIMIT = 1_000_000  # emails; more than anybody leases at once
LONGEST = timedelta(days=2)  # no window is longer, with its slices
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Remaining:
    """The remaining allowance: of urgent emails, and of others. Both are counted together."""

    slot: int
    """The slice that is spent in now."""
    urgent: int
    other: int
    urgent_at: datetime
    """When there is an allowance for an urgent email: now, or later."""
    other_at: datetime


def remaining_allowance(session: Session, rate: Rate, clock: Clock) -> Remaining:
    """Return the remaining allowance, locked until the transaction ends.

    The clock is read once the provider_rate is held, for waiting for it may take seconds.
    """
    if rate.times is None:
        now = clock()
        return Remaining(0, WITHOUT_LIMIT, WITHOUT_LIMIT, now, now)
    hold(session)
    now = clock()
    first, last = reach(rate, slice_of(rate, now))
    bring_back(session, slice_of(rate, now), last)
    counting = select(ProviderRateSlot.slot, ProviderRateSlot.used).where(ProviderRateSlot.slot.between(first, last))
    return decide([(slot, used) for slot, used in session.execute(counting)], rate, rate.times, now)


def bring_back(session: Session, present: int, last: int) -> None:
    """Count what a clock that was ahead has spent as spent now: nobody waits for longer than one window.

    What lies further ahead than any window reaches is not counted at all.
    """
    ahead = (
        delete(ProviderRateSlot)
        .where(ProviderRateSlot.slot > present + AHEAD, ProviderRateSlot.slot <= last)
        .returning(ProviderRateSlot.used)
    )
    if used := sum(session.scalars(ahead).all()):
        add(session, present, used)


def spend(session: Session, rate: Rate, emails: int, slot: int) -> None:
    """Spend of what `remaining_allowance` left in this transaction, in its slot."""
    if rate.times is None or not emails:
        return
    first, last = reach(rate, slot)
    session.execute(delete(ProviderRateSlot).where(or_(ProviderRateSlot.slot < first, ProviderRateSlot.slot > last)))
    add(session, slot, emails)


def add(session: Session, slot: int, emails: int) -> None:
    """Add to what was spent in a slot."""
    row = {"slot": slot, "used": emails}
    session.execute(upsert(session, ProviderRateSlot, row, lambda new: {"used": ProviderRateSlot.used + new.used}))


def give_back(session: Session, rate: Rate, emails: int, slot: int) -> None:
    """Return what was spent in `slot` for emails that are not handed over after all."""
    if rate.times is not None and emails:
        session.execute(
            update(ProviderRateSlot).where(ProviderRateSlot.slot == slot).values(used=ProviderRateSlot.used - emails)
        )


def renew(session: Session, rate: Rate, slot: int, clock: Clock) -> int | None:
    """Return the slot a claimed email leaves in now: what was spent for it in an earlier one is spent anew.

    Called right before each email is handed over; without it one that was long in hand would leave in a window it was
    not counted in. None: nothing is left, and nothing is spent for it; the email must wait.
    """
    if rate.times is None or slice_of(rate, clock()) == slot:
        return slot
    hold(session)
    give_back(session, rate, 1, slot)
    left = remaining_allowance(session, rate, clock)
    if not left.urgent:  # whatever the email, it was let through when it was claimed
        return None
    spend(session, rate, 1, left.slot)
    return left.slot


def forget(session: Session, now: datetime) -> int:
    """Delete the slices that no window reaches back to, and return how many."""
    gone = session.execute(
        delete(ProviderRateSlot)
        .where(ProviderRateSlot.slot < microseconds(now - LONGEST))
        .returning(ProviderRateSlot.slot)
    )
    return len(gone.all())


def decide(spent: Iterable[tuple[int, int]], rate: Rate, times: int, now: datetime) -> Remaining:
    """Decide by what was spent in each slot within reach. A clock may go back; the newest slot stays the present."""
    oldest_first = sorted(spent)
    slot = max([slice_of(rate, now), *(slot for slot, _ in oldest_first)])
    counted = [(start, used) for start, used in oldest_first if start >= slot - counts_for(rate)]
    total = sum(used for _, used in counted)
    shares = times, share_of_others(times)
    urgent, other = (max(0, share - total) for share in shares)
    urgent_at, other_at = (max(now, free_at(counted, share, rate)) for share in shares)
    return Remaining(slot, urgent, other, urgent_at, other_at)


def free_at(counted: list[tuple[int, int]], share: int, rate: Rate) -> datetime:
    """Return when so many slices, the oldest first, count no more that less than `share` is spent in the rest."""
    left = accumulate((-used for _, used in counted), initial=sum(used for _, used in counted))
    moments = [0, *(slot + counts_for(rate) + width(rate) for slot, _ in counted)]
    return EPOCH + timedelta(microseconds=next(at for at, spent in zip(moments, left, strict=True) if spent < share))


def share_of_others(times: int) -> int:
    """Return how much may be spent before only urgent emails leave: four fifths, and all of a rate of one."""
    return max(1, times * 4 // 5)


def hold(session: Session) -> None:
    """Wait until no other transaction holds the lock."""
    exclusive(session, Lock.MAIL_PROVIDER_RATE)


def reach(rate: Rate, slot: int) -> tuple[int, int]:
    """Return the first and last slot that count at `slot`: a clock that was far ahead must not stop mail for long."""
    return slot - counts_for(rate), slot + max(rate.seconds * SECOND, AHEAD)


def slice_of(rate: Rate, moment: datetime) -> int:
    """Return the slice a moment is in, by its beginning: that keeps its meaning when the operator changes the rate."""
    at = microseconds(moment)
    return at - at % width(rate)


def width(rate: Rate) -> int:
    return rate.seconds * SECOND // SLICES


def counts_for(rate: Rate) -> int:
    return rate.seconds * SECOND + width(rate)


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)

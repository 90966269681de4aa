"""The rate limit of reset emails to an account: nobody can fill its mailbox, and nobody can keep its owner out.

Strangers can use up any allowance, for they may ask in the owner's name from wherever they like. So each network that
asks has one of its own, all of them together have another, and past both an email still leaves when none has left
for half of a link's life. Hence the rule that holds whoever asks how often: **where a request is silently not answered
with an email, one has left before that whose link works for at least half of its life still.**
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.limits import ALLOWED, Limit, Limits, Verdict
from microblog.origin import Origin
from microblog.settings import Rate, Settings


@dataclass(frozen=True)
class ResetAllowance:
    """Decides whether one more reset email may go to an account."""

    limits: Limits
    per_network: Limit
    per_account: Limit
    in_time: Limit

    def spend(self, session: Session, account_id: int, origin: Origin, now: datetime, backup_key: str = "") -> bool:
        """Count one email, and return whether it may be sent.

        `backup_key` is the backup email where only that was asked for: it has an allowance of its own, so that a thief
        who added one can't use up what the main address gets.
        """
        account = f"{account_id} {backup_key}" if backup_key else str(account_id)
        own_share = self._allows(session, self.per_network, f"{account} {origin.network}", now)
        if own_share and self._allows(session, self.per_account, account, now):
            self.limits.use_up(session, self.in_time, account, now)
            return True
        return self._allows(session, self.in_time, account, now)

    def peek(self, session: Session, account_id: int, network: str, now: datetime) -> Verdict:
        """Decide as `spend` would for whoever asks from a network, and count nothing."""
        account = str(account_id)
        own = self.limits.peek(session, self.per_network, f"{account} {network}", now)
        of_all = self.limits.peek(session, self.per_account, account, now)
        in_time = self.limits.peek(session, self.in_time, account, now)
        if in_time.allowed or (own.allowed and of_all.allowed):
            return ALLOWED
        return Verdict(allowed=False, retry_after=min(in_time.retry_after, max(own.retry_after, of_all.retry_after)))

    def _allows(self, session: Session, limit: Limit, subject: str, now: datetime) -> bool:
        return self.limits.spend(session, limit, subject, now).allowed


def reset_allowance(settings: Settings) -> ResetAllowance:
    """Return the rules of this site."""
    half_a_life = Rate(1, settings.reset_link_minutes * 30)
    return ResetAllowance(
        Limits(settings.keys("limits")[0]),
        Limit("reset letters per account and network", settings.limits.reset_per_identifier),
        Limit("reset letters per account", settings.limits.reset_per_account),
        Limit("reset letters that always go", half_a_life),
    )

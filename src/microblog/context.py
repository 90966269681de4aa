"""The context of a use case: the database, the time, the client, and the settings it depends on.

A use case is one function for one thing a person can do (`recovery.request_reset(context, ...)`). It opens its own
transactions, because some hash a password between two of them, which takes time and must lock nothing. It returns an
outcome or raises a `Refusal`. Pages, commands, the demo and tests call the same functions.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.limits import ALLOWED, Limit, Limits, Verdict
from microblog.links import Links
from microblog.origin import NOWHERE, Origin
from microblog.refusals import RateLimited
from microblog.settings import Rate, Settings

Counts = tuple[tuple[Limit, str], ...]
LOGGED_PER_NAME, LOGGED_PER_CLIENT, LOGGED = Rate(6, 3600), Rate(60, 3600), Rate(2000, 3600)


@dataclass(frozen=True)
class Client:
    """The requester: the key that rate limits count, and a rough origin. The default is a command on the server."""

    key: str = "local"
    origin: Origin = NOWHERE


@dataclass(frozen=True)
class Context:
    """The surroundings of one use case. `now` is fixed when the request begins."""

    settings: Settings
    database: Database
    limits: Limits
    now: datetime
    client: Client = field(default_factory=Client)

    def at(self, now: datetime) -> "Context":
        """Return the same context at another time."""
        return replace(self, now=now)

    def reading(self) -> AbstractContextManager[Session]:
        """Begin a transaction that can't write."""
        return self.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """Begin a transaction that commits at the end of the block."""
        return self.database.writing()

    @cached_property
    def links(self) -> Links:
        """The signer and reader of the links of emails."""
        return Links(self.settings)

    @property
    def origin(self) -> Origin:
        """Roughly where the request comes from."""
        return self.client.origin

    def spend(self, session: Session, *counts: tuple[Limit, str]) -> None:
        """Count one event against each limit, or none at all.

        Raises:
            RateLimited: one of them is reached.
        """
        require_allowed(self.limits.spend_all(session, counts, self.now))

    def spend_for_site(self, session: Session, whole_site: Limit, rarely: Rate) -> None:
        """Count one event against a limit of the whole site.

        Where that is used up, an IP range that asks `rarely` has a share of its own left. Otherwise one stranger with a
        few addresses could keep everybody from what brings them back in.

        Raises:
            RateLimited: both are used up.
        """
        require_allowed(self._count_for_site(session, whole_site, rarely)[0])

    def count_with_site(self, session: Session, whole_site: Limit, rarely: Rate, *counts: tuple[Limit, str]) -> Verdict:
        """Count one event as `spend_for_site` does, and then against each limit, or none at all.

        A refusal is a value: an error would undo what others wrote in the same transaction.
        """
        verdict, counted = self._count_for_site(session, whole_site, rarely)
        if verdict.allowed:
            verdict = self.limits.spend_all(session, counts, self.now)
            for one in () if verdict.allowed else counted:
                self.limits.give_back(session, *one)
        return verdict

    def _count_for_site(self, session: Session, whole_site: Limit, rarely: Rate) -> tuple[Verdict, Counts]:
        alone: Counts = ((whole_site, "all"),)
        per_range = Limit(f"{whole_site.name} per rare network", rarely)
        of_ranges = Limit(f"{whole_site.name} of rare networks", whole_site.rate)
        verdict = ALLOWED
        for counts in (alone, ((per_range, self.origin.network), (of_ranges, "all"))):
            verdict = self.limits.spend_all(session, counts, self.now)
            if verdict.allowed:
                return verdict, counts
        return verdict, ()

    def may_record(self, session: Session, what: str, who: str) -> bool:
        """Tell whether one more refusal over a limit becomes an event: recording all would be a way to fill the disk.

        So few of one client, so few of all, and so few for one name, in this order: a row is written for each name that
        is counted, and anybody has as many names as they like.
        """
        counts = (
            (Limit(f"{what}, noted per client", LOGGED_PER_CLIENT), self.client.key),
            (Limit(f"{what}, noted", LOGGED), "all"),
            (Limit(f"{what}, noted per name", LOGGED_PER_NAME), who),
        )
        return all(self.limits.spend(session, limit, subject, self.now).allowed for limit, subject in counts)


def require_allowed(verdict: Verdict) -> None:
    """Raise `RateLimited` unless a limit allows it."""
    if not verdict.allowed:
        raise RateLimited(verdict.retry_after)

"""Administration of the outbox: find emails with their attempts, and retry, drop or release them.

Nothing here shows what an email says or the facts it is written from: an email may hold a way into an account.
"""

from microblog.mail.admin.actions import Outcome, drop, drop_held, release, release_held, retry, why_no_retry
from microblog.mail.admin.errors import ActionRefused, NoSuchEmail
from microblog.mail.admin.hour import Minute, last_hour
from microblog.mail.admin.overview import (
    Oldest,
    ended_ever,
    ended_since,
    oldest_open,
    open_now,
    what_stops_delivery,
    workers,
)
from microblog.mail.admin.queries import (
    HIGHEST,
    EmailEntry,
    EmailPage,
    TryMade,
    Wanted,
    all_tries,
    emails_to,
    entry,
    find,
    kinds,
    number_in,
    tries_of,
)

__all__ = [
    "HIGHEST",
    "ActionRefused",
    "EmailEntry",
    "EmailPage",
    "Minute",
    "NoSuchEmail",
    "Oldest",
    "Outcome",
    "TryMade",
    "Wanted",
    "all_tries",
    "drop",
    "drop_held",
    "emails_to",
    "ended_ever",
    "ended_since",
    "entry",
    "find",
    "kinds",
    "last_hour",
    "number_in",
    "oldest_open",
    "open_now",
    "release",
    "release_held",
    "retry",
    "tries_of",
    "what_stops_delivery",
    "why_no_retry",
    "workers",
]

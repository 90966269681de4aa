"""Administration of the outbox: find emails with their attempts, and retry, drop or release them.

Nothing here shows what an email says or the facts it is written from: an email may hold a way into an account.
"""

from microblog.mail.admin.actions import ActionRefused, NoSuchEmail, drop, release, retry, why_no_retry
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
from microblog.mail.admin.words import ago, last_response, story

__all__ = [
    "HIGHEST",
    "ActionRefused",
    "EmailEntry",
    "EmailPage",
    "Minute",
    "NoSuchEmail",
    "Oldest",
    "TryMade",
    "Wanted",
    "ago",
    "all_tries",
    "drop",
    "emails_to",
    "ended_ever",
    "ended_since",
    "entry",
    "find",
    "kinds",
    "last_hour",
    "last_response",
    "number_in",
    "oldest_open",
    "open_now",
    "release",
    "retry",
    "story",
    "tries_of",
    "what_stops_delivery",
    "why_no_retry",
    "workers",
]

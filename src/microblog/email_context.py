"""The context that every email of the product is rendered with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.limits import Limits
from microblog.links import Links, Pages
from microblog.settings import Settings


@dataclass(frozen=True)
class EmailContext:
    """One attempt to render an email: its transaction, the moment, and what the site is set to."""

    session: Session
    now: datetime
    settings: Settings
    pages: Pages
    links: Links
    limits: Limits


def email_contexts(settings: Settings, pages: Pages) -> Callable[[Session, datetime], EmailContext]:
    """Return what makes the context of each attempt."""
    links, limits = Links(settings), Limits(settings.keys("limits")[0])
    return lambda session, now: EmailContext(session, now, settings, pages, links, limits)


def preview_context(settings: Settings, pages: Pages, now: datetime) -> EmailContext:
    """Return a context to render samples in. Its session has no database: a query fails."""
    return email_contexts(settings, pages)(Session(), now)

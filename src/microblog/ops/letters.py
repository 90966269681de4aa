"""Every letter there is, to be looked at."""

from datetime import datetime

from microblog import accounts, recovery
from microblog.links import Pages
from microblog.mail import Sample
from microblog.settings import Settings


def sample_letters(settings: Settings, pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return one sample of every letter, each with the texts, links and times it would have if it left now."""
    return accounts.samples(pages, now) + recovery.samples(pages, now, settings.reset_link_minutes)

"""A sample of every email, for people to look at and the doctor to check."""

from datetime import datetime

from microblog.email_context import preview_context
from microblog.links import Pages
from microblog.mail import Sample, discover_email_types
from microblog.settings import Settings


def sample_emails(settings: Settings, pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return the samples by name, each with the texts, links and times it would have if it left now."""
    context = preview_context(settings, pages, now)
    declared = discover_email_types("microblog").values()
    samples = (sample for email_type in declared for sample in email_type.samples(context))
    return tuple(sorted(samples, key=lambda sample: sample.name))

"""The operator's own letter, and every letter there is, to be looked at."""

from datetime import datetime

from microblog import account_emails, recovery, subscriptions
from microblog.email_context import preview_context
from microblog.links import Pages
from microblog.mail import ALICES_ADDRESS, Sample, Written, discover_email_types, render
from microblog.settings import Settings

PACKAGE = "microblog.ops"


def write_test_letter(to: str, pages: Pages, now: datetime) -> Written:
    """Write the letter that only shows that letters arrive."""
    return render(PACKAGE, "test_letter", to, {"now": now, "link": pages.sign_in})


def sample_letters(settings: Settings, pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return one sample of every email, each with the texts, links and times it would have if it left now."""
    context = preview_context(settings, pages, now)
    declared = discover_email_types("microblog").values()
    return (
        *account_emails.samples(pages, now),
        *recovery.samples(pages, now, settings.reset_link_minutes, next(iter(settings.admins), "")),
        *subscriptions.samples(pages, now),
        *(sample for email_type in declared for sample in email_type.samples(context)),
        Sample(
            "test_letter",
            "When whoever runs the site asks for it: `microblog mail test`.",
            write_test_letter(ALICES_ADDRESS, pages, now),
        ),
    )

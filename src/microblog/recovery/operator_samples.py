"""The emails about what an administrator did to an account, written for nobody."""

from datetime import datetime

from microblog.links import Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render

PACKAGE = "microblog.recovery"
ABOUT = {
    "backup_email_removed_by_operator": "To every address, after `microblog remove-backup-email`.",
    "recovery_codes_ended_by_operator": "To every address, after `microblog end-recovery-codes`.",
    "email_set_by_operator": "To the address of before and the new one, after `microblog set-email`.",
}


def operator_samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each of these emails as it would leave now."""
    facts = {"username": ALICE, "at": now, "address": "alice@home.example", "home_url": pages.home}
    return tuple(Sample(name, about, render(PACKAGE, name, ALICES_ADDRESS, facts)) for name, about in ABOUT.items())

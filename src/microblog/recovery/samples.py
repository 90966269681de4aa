"""The letters of this room, written for nobody."""

from datetime import datetime, timedelta

from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render
from microblog.recovery.letters import PACKAGE


def samples(pages: Pages, now: datetime, minutes: int) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now, reset links working for so many minutes."""
    ends = now + timedelta(minutes=minutes)
    reset = {"username": ALICE, "link": pages.reset(SAMPLE_TOKEN), "ends": ends, "minutes": minutes}
    changed = {"username": ALICE, "changed": now, "forgot_url": pages.forgot}
    return (
        Sample(
            "reset_password",
            "After asking for a new password.",
            render(PACKAGE, "reset_password", ALICES_ADDRESS, reset),
        ),
        Sample(
            "password_changed",
            "After a new password was chosen with the link of such a letter.",
            render(PACKAGE, "password_changed", ALICES_ADDRESS, changed),
        ),
    )

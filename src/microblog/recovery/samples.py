"""The letters of this room, written for nobody."""

from datetime import datetime, timedelta

from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render
from microblog.origin import Origin
from microblog.ownership import REPORTABLE_WITHIN, ChangeKind
from microblog.recovery.changed import PACKAGE, WORDS, Way
from microblog.recovery.operator_samples import operator_samples

WHERE = Origin("Firefox on Windows", "192.0.2.0/24")  # a network nobody has (RFC 5737)

ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24").words  # a network nobody has (RFC 5737)


def samples(pages: Pages, now: datetime, minutes: int, contact: str) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now.

    Reset links work for so many minutes, and `contact` is whom letters name for help.
    """
    ends = now + timedelta(minutes=minutes)
    reset = {"username": ALICE, "link": pages.reset(SAMPLE_TOKEN), "ends": ends, "minutes": minutes}
    changed = {
        "username": ALICE,
        "changed": now,
        "way": WORDS[Way.LINK],
        "origin": WHERE.words,
        "link": pages.not_me(SAMPLE_TOKEN),
        "ends": now + REPORTABLE_WITHIN[ChangeKind.PASSWORD],
        "forgot_url": pages.forgot,
        "contact": contact,
    }
    reported = {"link": pages.not_me(SAMPLE_TOKEN), "ends": now + REPORTABLE_WITHIN[ChangeKind.CODES_MADE]}
    made = {"username": ALICE, "at": now, "origin": ORIGIN, "forgot_url": pages.forgot, **reported}
    by_operator = {"username": ALICE, "at": now, "minutes": minutes, "forgot_url": pages.forgot}
    return (
        Sample(
            "reset_password",
            "After asking for a new password.",
            render(PACKAGE, "reset_password", ALICES_ADDRESS, reset),
        ),
        Sample(
            "password_changed",
            "After a new password was chosen, to every address of the member.",
            render(PACKAGE, "password_changed", ALICES_ADDRESS, changed),
        ),
        Sample(
            "reset_after_not_me",
            "After somebody said, by the link of that letter, that it was not them.",
            render(PACKAGE, "reset_after_not_me", ALICES_ADDRESS, reset),
        ),
        Sample(
            "recovery_codes_made",
            "After a member made recovery codes to print.",
            render(PACKAGE, "recovery_codes_made", ALICES_ADDRESS, made),
        ),
        Sample(
            "recovered_by_operator",
            "After whoever runs the site asked for a link: `microblog recover`.",
            render(PACKAGE, "recovered_by_operator", ALICES_ADDRESS, by_operator),
        ),
        *operator_samples(pages, now),
    )

"""The letters of this room, written for nobody."""

from datetime import datetime, timedelta

from microblog.accounts.letters import PACKAGE
from microblog.accounts.origin import Origin
from microblog.accounts.sign_up import OPEN_FOR
from microblog.accounts.suspicion import places_in_words
from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render

HERE = Origin("Firefox on Windows", "192.0.2.0/24")  # networks nobody has (RFC 5737)
ELSEWHERE = (Origin("Chrome on Linux", "203.0.113.0/24"), Origin("Safari on iPhone", "198.51.100.0/24"))


def samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now."""
    link = {"link": pages.finish_sign_up(SAMPLE_TOKEN), "ends": now + OPEN_FOR}
    known = {"username": ALICE, "sign_in_url": pages.sign_in, "forgot_url": pages.forgot}
    happened = {**known, "home_url": pages.home, "at": now, "place": HERE.words}
    failures = {"since": now - timedelta(minutes=13), "times": "14", "places": places_in_words(ELSEWHERE)}
    return (
        Sample(
            "finish_sign_up",
            "After signing up, to an address that has no account yet.",
            render(PACKAGE, "finish_sign_up", ALICES_ADDRESS, link),
        ),
        Sample(
            "already_member",
            "After signing up, to an address that has an account already.",
            render(PACKAGE, "already_member", ALICES_ADDRESS, known),
        ),
        Sample(
            "failed_sign_ins",
            "After a sign-in with the right password that ten or more failed ones came before.",
            render(PACKAGE, "failed_sign_ins", ALICES_ADDRESS, happened | failures),
        ),
        Sample(
            "new_device",
            "After a sign-in from a kind of browser and system that the account was not used from before.",
            render(PACKAGE, "new_device", ALICES_ADDRESS, happened),
        ),
        Sample(
            "signed_out",
            "After `microblog sign-out`.",
            render(PACKAGE, "signed_out", ALICES_ADDRESS, happened),
        ),
        Sample(
            "deactivated",
            "After `microblog deactivate`.",
            render(PACKAGE, "deactivated", ALICES_ADDRESS, happened),
        ),
        Sample(
            "reactivated",
            "After `microblog reactivate`.",
            render(PACKAGE, "reactivated", ALICES_ADDRESS, happened),
        ),
    )

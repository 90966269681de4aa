"""The letters of this room, written for nobody."""

from datetime import datetime

from microblog.accounts.letters import PACKAGE
from microblog.accounts.sign_up import OPEN_FOR
from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render


def samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now."""
    link = {"link": pages.finish_sign_up(SAMPLE_TOKEN), "ends": now + OPEN_FOR}
    known = {"username": ALICE, "sign_in_url": pages.sign_in, "forgot_url": pages.forgot}
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
    )

"""The letters of this room, written for nobody."""

from datetime import datetime

from microblog.accounts.letters import PACKAGE
from microblog.accounts.origin import Origin
from microblog.accounts.sign_up import OPEN_FOR
from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render

SECOND = "alice@home.example"
ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24").words  # a network nobody has (RFC 5737)


def samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now."""
    link = {"link": pages.finish_sign_up(SAMPLE_TOKEN), "ends": now + OPEN_FOR}
    known = {"username": ALICE, "sign_in_url": pages.sign_in, "forgot_url": pages.forgot}
    second = {"link": pages.second_address(SAMPLE_TOKEN), "ends": now + OPEN_FOR}
    taken = {"username": ALICE, "sign_in_url": pages.sign_in}
    done = {"username": ALICE, "address": SECOND, "at": now, "origin": ORIGIN, "forgot_url": pages.forgot}
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
            "second_address",
            "After a member named a second address, to that address.",
            render(PACKAGE, "second_address", ALICES_ADDRESS, second),
        ),
        Sample(
            "second_address_taken",
            "After a member named a second address that belongs to another account, to the owner.",
            render(PACKAGE, "second_address_taken", ALICES_ADDRESS, taken),
        ),
        Sample(
            "second_address_added",
            "After a second address was confirmed, to both addresses.",
            render(PACKAGE, "second_address_added", ALICES_ADDRESS, done),
        ),
        Sample(
            "second_address_removed",
            "After a second address was removed, to both addresses.",
            render(PACKAGE, "second_address_removed", ALICES_ADDRESS, done),
        ),
    )

"""The letters of this room, written for nobody."""

from datetime import datetime
from typing import Any

from microblog.accounts.address_back import BACK_WITHIN
from microblog.accounts.address_change import OPEN_FOR as MOVE_WITHIN
from microblog.accounts.confirmations import IN_WORDS, Action
from microblog.accounts.confirmations import OPEN_FOR as CONFIRM_WITHIN
from microblog.accounts.leaving import NAME_KEPT_FOR
from microblog.accounts.letters import PACKAGE
from microblog.accounts.origin import Origin
from microblog.accounts.sign_up import OPEN_FOR
from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render

SECOND = "alice@home.example"
SAMPLE_ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24")
ORIGIN = SAMPLE_ORIGIN.words


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
        *own_samples(pages, now),
    )


def own_samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of a member's own area."""
    event = {"username": ALICE, "at": now, "asked": now, "changed": now, "origin": SAMPLE_ORIGIN.words}
    places = {"forgot_url": pages.forgot, "sign_in_url": pages.sign_in, "home": pages.home, "days": NAME_KEPT_FOR.days}
    known: dict[str, Any] = {**event, **places, "action": IN_WORDS[Action.DOWNLOAD]}

    def sample(name: str, about: str, **more: object) -> Sample:
        return Sample(name, about, render(PACKAGE, name, ALICES_ADDRESS, known | more))

    change, back = pages.change_address(SAMPLE_TOKEN), pages.take_back_address(SAMPLE_TOKEN)
    confirm = pages.confirm(SAMPLE_TOKEN)
    return (
        sample("change_address", "To a new address, when a member moves there.", link=change, ends=now + MOVE_WITHIN),
        sample("address_in_use", "To a new address that is another account's already, instead of that."),
        sample("address_change_asked", "To the present address, when a member asks to move to another."),
        sample("address_changed", "To the address before, when a member has moved.", link=back, ends=now + BACK_WITHIN),
        sample("address_taken_back", "To both addresses, when the one before was taken back."),
        sample(
            "confirm", "Before something grave, for a day after a recovery.", link=confirm, ends=now + CONFIRM_WITHIN
        ),
        sample("goodbye", "When an account was deleted."),
    )

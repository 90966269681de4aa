"""The letters of this room, written for nobody."""

from datetime import datetime, timedelta
from typing import Any

from microblog.auth import IN_WORDS, Action, CancelledBy
from microblog.auth.confirmations import OPEN_FOR as CONFIRM_WITHIN
from microblog.auth.sign_in_alerts import places_in_words
from microblog.contact import BACK_WITHIN
from microblog.contact.address_change import OPEN_FOR as MOVE_WITHIN
from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render
from microblog.origin import Origin
from microblog.ownership import REPORTABLE_WITHIN, ChangeKind
from microblog.personal_data import DELETED_AFTER, NAME_KEPT_FOR
from microblog.registration.sign_up import OPEN_FOR
from microblog.registration.sign_up_emails import PACKAGE

SECOND = "alice@home.example"
SAMPLE_ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24")
ORIGIN = SAMPLE_ORIGIN.words
HERE = Origin("Firefox on Windows", "192.0.2.0/24")  # networks nobody has (RFC 5737)
ELSEWHERE = (Origin("Chrome on Linux", "203.0.113.0/24"), Origin("Safari on iPhone", "198.51.100.0/24"))


def samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now."""
    link = {"link": pages.finish_sign_up(SAMPLE_TOKEN), "ends": now + OPEN_FOR}
    known = {"username": ALICE, "sign_in_url": pages.sign_in, "forgot_url": pages.forgot}
    second = {"link": pages.second_address(SAMPLE_TOKEN), "ends": now + OPEN_FOR}
    taken = {"username": ALICE, "sign_in_url": pages.sign_in}
    done = {"username": ALICE, "address": SECOND, "at": now, "origin": ORIGIN, "forgot_url": pages.forgot}
    reported = {"link": pages.not_me(SAMPLE_TOKEN), "ends": now + REPORTABLE_WITHIN[ChangeKind.BACKUP_ADDED]}
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
            render(PACKAGE, "second_address_added", ALICES_ADDRESS, done | reported),
        ),
        Sample(
            "second_address_removed",
            "After a second address was removed, to both addresses.",
            render(PACKAGE, "second_address_removed", ALICES_ADDRESS, done | reported),
        ),
        *notice_samples(pages, now),
        *own_samples(pages, now),
    )


def notice_samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter that tells a member what somebody did, perhaps somebody else."""
    known = {"username": ALICE, "sign_in_url": pages.sign_in, "forgot_url": pages.forgot}
    happened = {**known, "home_url": pages.home, "at": now, "place": HERE.words}
    failures = {"since": now - timedelta(minutes=13), "times": "14", "places": places_in_words(ELSEWHERE)}
    return (
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


def own_samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of a member's own area."""
    event = {"username": ALICE, "at": now, "asked": now, "changed": now, "origin": SAMPLE_ORIGIN.words}
    places = {
        "forgot_url": pages.forgot,
        "sign_in_url": pages.sign_in,
        "home_url": pages.home,
        "days": NAME_KEPT_FOR.days,
    }
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
        sample(
            "account_restored",
            "After somebody reported a takeover, to every address that was removed, restored or kept.",
            became="restored",
            locked=True,
        ),
        sample(
            "confirm", "Before something grave, for a day after a recovery.", link=confirm, ends=now + CONFIRM_WITHIN
        ),
        sample("username_changed", "To every address, when a member has chosen another username.", before="alys"),
        *deletion_samples(pages, known, now),
    )


def deletion_samples(pages: Pages, known: dict[str, Any], now: datetime) -> tuple[Sample, ...]:
    """Return each email about the deletion of an account."""
    asked = known | {"due": now + DELETED_AFTER, "link": pages.keep_account(SAMPLE_TOKEN)}
    cancelled = known | {"reason": f"because {CancelledBy.SIGN_IN}, from {ORIGIN}"}
    return (
        Sample(
            "deletion_asked",
            "To every address, when a member asks to delete the account.",
            render(PACKAGE, "deletion_asked", ALICES_ADDRESS, asked),
        ),
        Sample(
            "deletion_cancelled",
            "To every address, when that was cancelled, as by signing in.",
            render(PACKAGE, "deletion_cancelled", ALICES_ADDRESS, cancelled),
        ),
        Sample(
            "goodbye",
            "To every address, when the account was deleted three days later.",
            render(PACKAGE, "goodbye", ALICES_ADDRESS, known),
        ),
    )

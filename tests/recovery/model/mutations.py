"""Ways to break the real code that the model has to find: each takes one rule away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from microblog.contact import backup_email
from microblog.identity import addresses
from microblog.mail import queue
from microblog.ownership import Restored, restoring, seniority
from microblog.recovery import RESET_LINK, address_revert, reset, review, takeover
from microblog.recovery.emails import reset_after_not_me
from microblog.recovery.emails.reset_after_not_me import RESET_AFTER_NOT_ME, WayIn

Patch = pytest.MonkeyPatch
owner_is_back = import_module("microblog.recovery.owner_is_back")  # these packages have functions of the same names
report_links = import_module("microblog.recovery.report_links")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def nothing(*_: object, **__: object) -> Any:
    """Do nothing."""


def sessions_stay(patch: Patch) -> None:
    patch.setattr(owner_is_back, "end_sessions", nothing)


def junior_addresses_stay(patch: Patch) -> None:
    patch.setattr(restoring.Dispute, "stays", lambda *_: True)


def removed_addresses_stay_away(patch: Patch) -> None:
    patch.setattr(restoring.Dispute, "comes_back", lambda *_: False)


def nothing_is_restored(patch: Patch) -> None:
    patch.setattr(owner_is_back, "restore_addresses", lambda *_, **__: Restored())


def everything_is_outlived(patch: Patch) -> None:
    for module in (address_revert, report_links, reset_after_not_me):
        patch.setattr(module, "is_outlived", lambda *_: True)


def anybody_may_dispute(patch: Patch) -> None:
    for module in (address_revert, report_links):
        patch.setattr(module, "may_dispute", lambda *_: True)


def reset_links_outlive_the_backup_email(patch: Patch) -> None:
    """Bind reset links to the password alone, and to no address."""

    def unbound(account: Any, to: str) -> tuple[object, ...]:
        del to
        return (account.password_hash,)

    def any_proof(session: Any, account: Any, link: Any) -> Any:
        if link.matches(account, ""):
            return owner_is_back.proof_by(addresses.present_addresses(session, account)[0], seniority.Means.EMAIL)
        return None

    patch.setitem(vars(RESET_LINK), "state", unbound)  # the declaration is frozen
    patch.setattr(reset, "proof_of", any_proof)


def codes_stay(patch: Patch) -> None:
    patch.setattr(owner_is_back, "end_codes_made_since", nothing)


def disputed_addresses_are_remembered(patch: Patch) -> None:
    def note_all(session: Any, account: Any, *given: Any, **more: Any) -> Any:
        now = given[1]
        before = addresses.present_addresses(session, account)
        restored = restore(session, account, *given, **more)
        have = {one.email_key for one in addresses.present_addresses(session, account)}
        for one in before:
            if one.email_key not in have:
                addresses.record_removed(session, account.id, replace(one, since=LONG_AGO), now)
        return restored

    restore = restoring.restore_addresses
    patch.setattr(owner_is_back, "restore_addresses", note_all)


def removed_addresses_of_a_thief_are_never_forgotten(patch: Patch) -> None:
    for module in (restoring, owner_is_back, review, backup_email):
        patch.setattr(module, "forget_removed", nothing)


def removed_addresses_are_forgotten_at_once(patch: Patch) -> None:
    patch.setattr("microblog.contact.address_change.record_removed", nothing)


def review_removes_no_backup_email(patch: Patch) -> None:
    patch.setattr(review, "remove_backup", nothing)


def review_ends_no_codes(patch: Patch) -> None:
    patch.setattr(review, "end_codes_made_since", nothing)


def review_puts_no_address_back(patch: Patch) -> None:
    patch.setattr(review, "put_email_back", nothing)


def take_back_mails_every_address(patch: Patch) -> None:
    def tell_and_let_in(session: Any, account: Any, addresses: Any, now: datetime, origin: Any) -> None:
        tell(session, account, addresses, now, origin)
        payload = WayIn(account.id, account.email_key, seniority.last_recovery_id(session, 1), origin)
        for to in addresses.removed:
            queue(session, RESET_AFTER_NOT_ME, to=to, payload=payload, now=now)

    tell = address_revert.tell_restored
    patch.setattr(address_revert, "tell_restored", tell_and_let_in)


def reports_by_a_junior_address_mute(patch: Patch) -> None:
    patch.setattr(takeover, "is_junior", lambda *_: False)


Mutation = Callable[[Patch], None]
ALL: dict[str, Mutation] = {
    one.__name__: one
    for one in (
        sessions_stay,
        junior_addresses_stay,
        removed_addresses_stay_away,
        nothing_is_restored,
        everything_is_outlived,
        anybody_may_dispute,
        reset_links_outlive_the_backup_email,
        codes_stay,
        disputed_addresses_are_remembered,
        removed_addresses_of_a_thief_are_never_forgotten,
        removed_addresses_are_forgotten_at_once,
        review_removes_no_backup_email,
        review_ends_no_codes,
        review_puts_no_address_back,
        take_back_mails_every_address,
        reports_by_a_junior_address_mute,
    )
}


@contextmanager
def applied(name: str) -> Iterator[None]:
    """Break the code in one way, for the time being; in none where the name is empty."""
    with pytest.MonkeyPatch.context() as patch:
        if name:
            ALL[name](patch)
        yield

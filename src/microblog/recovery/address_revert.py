"""Reverting a change of address, for a week, by a link emailed to the previous address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import unusable_hash
from microblog.contact import AddressChange, mark_reverted
from microblog.contact.address_owners import holder
from microblog.identity import Account, Standing, get_account, present_addresses, removed_addresses
from microblog.identity.accounts import disable_password
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import queue
from microblog.origin import NOWHERE, Origin
from microblog.ownership import Means, Restored, is_outlived, may_dispute
from microblog.recovery.emails.account_restored import ACCOUNT_RESTORED, AccountRestored, Became
from microblog.recovery.owner_is_back import Returned, owner_is_back, proof_by


@dataclass(frozen=True)
class OpenedReturn:
    """The change that a link reverts, the account, and the address the link was emailed to."""

    link: GenuineLink
    change: AddressChange
    account: Account
    claimant: Standing


def open_return(session: Session, link: GenuineLink, now: datetime) -> OpenedReturn:
    """Return what a link undoes; changes nothing.

    Raises:
        LinkRefused: it was undone, is a week old, the owner came back since, or another account has the address.
    """
    change = session.get(AddressChange, link.subject)
    account = get_account(session, change.account_id) if change else None
    if change is None or account is None or change.taken_back_at:
        raise link.refused(LinkProblem.USED)
    if account.reactivated_at and (change.completed_at or now) < account.reactivated_at:
        raise link.refused(LinkProblem.USED)  # a deactivation ends every link
    claimant = claimant_of(session, link, change, account, now)
    if claimant is None or is_outlived(session, account, claimant, change.last_recovery_id, now):
        raise link.refused(LinkProblem.USED)
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED, days=link.lifetime.days)
    if holder(session, change.old_email_key, but=account.id):
        raise link.refused(LinkProblem.ADDRESS_TAKEN)
    return OpenedReturn(link, change, account, claimant)


def claimant_of(
    session: Session, link: GenuineLink, change: AddressChange, account: Account, now: datetime
) -> Standing | None:
    """Return the address in whose mail the link was; None where the account no longer knows it, or it may not."""
    for one in [*present_addresses(session, account), *removed_addresses(session, account.id, now)]:
        if link.matches(change, one.email_key):
            return one if may_dispute(session, account, one, now) else None
    return None


def take_back(session: Session, link: GenuineLink, now: datetime, origin: Origin) -> Returned:
    """Give the account the address it had, and lock it until a new password is chosen.

    Whoever changed it knew the password and was signed in, so neither counts any more, and what they added since goes.

    Raises:
        LinkRefused: as `open_return`; of two at once, one does it.
    """
    found = open_return(session, link, now)
    session.get(Account, found.account.id, with_for_update=True, populate_existing=True)
    found = open_return(session, link, now)  # once more: its owner may have come back in this moment
    account = lock(session, found.account)
    if not mark_reverted(session, found.change, now):
        raise link.refused(LinkProblem.USED)
    returned = owner_is_back(session, account, proof_by(found.claimant, Means.TAKE_BACK), now, origin)
    events.record(session, account.id, EventType.EMAIL_RESTORED, now, origin=origin)
    tell_restored(session, account, returned.addresses, now, origin)
    return returned


def lock(session: Session, account: Account) -> Account:
    """Hold an account until the transaction ends, and let no password open it until a new one is chosen."""
    locked = session.get_one(Account, account.id, with_for_update=True, populate_existing=True)
    disable_password(locked, unusable_hash())
    session.flush()
    return locked


def tell_restored(
    session: Session, account: Account, addresses: Restored, now: datetime, origin: Origin, *, locked: bool = True
) -> None:
    """Tell every address that was removed, and every one the account has now. None of these emails is a way in.

    `locked`: no password opens the account until a new one is chosen.
    """
    have = [one.email for one in present_addresses(session, account)]
    for to in dict.fromkeys([*have, *addresses.removed]):
        became = Became.REMOVED if to not in have else Became.RESTORED if to in addresses.restored else Became.KEPT
        where = NOWHERE if became is Became.REMOVED else origin  # where the owner is must not be told to a thief
        payload = AccountRestored(account.username, now, where, locked, became)
        queue(session, ACCOUNT_RESTORED, to=to, payload=payload, now=now)

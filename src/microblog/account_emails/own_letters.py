"""The letters of a member's own area. Links are made here, when the letter leaves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.account_emails.deletion_letters import DeletionAskedLetters
from microblog.auth import IN_WORDS, Action, Confirmation, OwnLinks
from microblog.auth.confirmations import CONFIRM_LETTER, confirmed_state
from microblog.auth.confirmations import OPEN_FOR as CONFIRM_WITHIN
from microblog.contact import BACK_WITHIN, AddressChange
from microblog.contact.address_change import (
    ADDRESS_CHANGED_LETTER,
    CHANGE_ADDRESS_LETTER,
    OPEN_FOR,
    change_state,
    holder,
    is_stopped,
    return_state,
)
from microblog.identity import Account, SecondAddress, get_account
from microblog.limits import Limit, Limits
from microblog.links import Pages
from microblog.mail import Letter, Nothing, Result, Writers, render
from microblog.personal_data.deletion import DELETION_ASKED_LETTER
from microblog.registration.sign_up_emails import PACKAGE, SAME_ADDRESS


@dataclass(frozen=True)
class ChangeAddressLetters:
    """Writes to the new address: the link that completes the move, or to somebody else who has it, that nothing was."""

    links: OwnLinks
    pages: Pages
    limits: Limits
    limit: Limit

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write to whoever the address belongs to now, counting the letter once however often it is tried."""
        change = session.get(AddressChange, letter.facts["change"])
        if change is None or change.asked_at.isoformat() != letter.facts["asked"] or change.completed_at:
            return Nothing("the change of address was completed, replaced or given up")
        account = get_account(session, change.account_id)
        if account is None or is_stopped(change, account):
            return Nothing("the account is gone, or was recovered since")
        if not self._may_leave(session, letter, change, now):
            return Nothing(SAME_ADDRESS)
        return self._written(session, change, account, now)

    def _may_leave(self, session: Session, letter: Letter, change: AddressChange, now: datetime) -> bool:
        """Count a letter once, however often it is tried."""
        return "counted" in letter.facts or self.limits.spend(session, self.limit, change.new_email_key, now).allowed

    def _written(self, session: Session, change: AddressChange, account: Account, now: datetime) -> Result:
        progress = {"counted": True}
        if owner := holder(session, change.new_email_key, but=account.id):
            facts = {"username": owner.username, "sign_in_url": self.pages.sign_in}
            to = spelled_by(session, owner, change.new_email_key)
            return render(PACKAGE, "address_in_use", to, facts, progress=progress)
        ends = (now + OPEN_FOR).replace(microsecond=0)
        token = self.links.change_address.sign(change.id, *change_state(change, account), expires=ends)
        written = {"link": self.pages.change_address(token), "ends": ends}
        return render(PACKAGE, "change_address", change.new_email, written, progress=progress)


@dataclass(frozen=True)
class AddressChangedLetters:
    """Writes to the address an account had: it was changed, and how it is taken back."""

    links: OwnLinks
    pages: Pages

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Mint the link; its week began when the address was changed."""
        change = session.get(AddressChange, letter.facts["change"])
        if change is None or change.completed_at is None or change.taken_back_at:
            return Nothing("the address was taken back, or the account is gone")
        ends = (change.completed_at + BACK_WITHIN).replace(microsecond=0)
        token = self.links.take_back.sign(change.id, *return_state(change, letter.to), expires=ends)
        facts = {"changed": change.completed_at, "link": self.pages.take_back_address(token), "ends": ends}
        return render(PACKAGE, "address_changed", letter.to, letter.facts | facts)


@dataclass(frozen=True)
class ConfirmLetters:
    """Writes the letter that asks for a confirmation."""

    links: OwnLinks
    pages: Pages

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Mint the link; its hour begins now."""
        asked = session.get(Confirmation, letter.facts["confirmation"])
        account = get_account(session, asked.account_id) if asked else None
        if asked is None or account is None or asked.nonce != letter.facts["nonce"]:
            return Nothing("it was confirmed, replaced or given up")
        ends = (now + CONFIRM_WITHIN).replace(microsecond=0)
        token = self.links.confirm.sign(asked.id, *confirmed_state(asked, account), expires=ends)
        facts = {
            "username": account.username,
            "action": IN_WORDS[Action(asked.action)],
            "asked": asked.asked_at,
            "origin": letter.facts["origin"],
            "link": self.pages.confirm(token),
            "ends": ends,
            "forgot_url": self.pages.forgot,
        }
        return render(PACKAGE, "confirm", account.email, facts)


def spelled_by(session: Session, owner: Account, email_key: str) -> str:
    """Return an address as its owner spells it, whether it is their first or their second."""
    if owner.email_key == email_key:
        return owner.email
    return session.scalars(select(SecondAddress.email).where(SecondAddress.email_key == email_key)).one()


def own_writers(links: OwnLinks, pages: Pages, limits: Limits, per_address: Limit) -> Writers:
    """Return the writer of each kind of letter of a member's own area."""
    return {
        CHANGE_ADDRESS_LETTER.name: ChangeAddressLetters(links, pages, limits, per_address),
        ADDRESS_CHANGED_LETTER.name: AddressChangedLetters(links, pages),
        CONFIRM_LETTER.name: ConfirmLetters(links, pages),
        DELETION_ASKED_LETTER.name: DeletionAskedLetters(links, pages),
    }

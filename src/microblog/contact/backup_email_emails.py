"""The letter that confirms a second address, and the one to whoever has that address already."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.contact.backup_email import OPEN_FOR, link_state, owner_of
from microblog.contact.models import PendingSecondAddress
from microblog.identity import Account, get_account
from microblog.limits import Limit, Limits
from microblog.links import LinkSigner, Pages
from microblog.mail import Letter, Nothing, Result, render
from microblog.registration.sign_up_emails import PACKAGE


@dataclass(frozen=True)
class SecondAddressLetters:
    """Writes the letter to an address that a member typed: the link, or to its owner the word that it is taken."""

    signer: LinkSigner
    pages: Pages
    limits: Limits
    limit: Limit

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write to whoever the address belongs to now, counting the letter once, however often it is tried."""
        account = get_account(session, letter.facts["account"])
        pending = session.get(PendingSecondAddress, letter.facts["account"])
        if account is None or pending is None or pending.email_key != letter.facts["key"]:
            return Nothing("the second address was confirmed or replaced")
        if "counted" not in letter.facts and not self.limits.spend(session, self.limit, pending.email_key, now).allowed:
            return Nothing("too many letters to this address that confirm a second one")
        owner = owner_of(session, pending.email_key)
        if owner:
            facts = {"username": owner[0].username, "sign_in_url": self.pages.sign_in}
            return render(PACKAGE, "second_address_taken", owner[1], facts, progress={"counted": True})
        return self._link(account, pending, now)

    def _link(self, account: Account, pending: PendingSecondAddress, now: datetime) -> Result:
        """Write the link. No username stands in it: nobody knows yet who reads this letter."""
        ends = pending.expires_at = now + OPEN_FOR  # counted from when the letter leaves
        token = self.signer.sign(account.id, *link_state(account, pending), expires=ends)
        facts = {"link": self.pages.second_address(token), "ends": ends}
        return render(PACKAGE, "second_address", pending.email, facts, progress={"counted": True})

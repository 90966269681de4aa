"""The letter that answers a sign-up: to a new address the link that finishes it, to a known one the way back in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.identity import Account
from microblog.limits import Limit, Limits
from microblog.links import LinkSigner, Pages
from microblog.mail import Letter, Nothing, Result, Written, render
from microblog.registration.models import SignUp
from microblog.registration.sign_up import OPEN_FOR, link_state
from microblog.settings import Rate

PACKAGE = "microblog.account_emails"
NETWORKS = 4  # that may use up their allowance before an address gets no more letters
SAME_ADDRESS = "too many sign-up letters to this address"


@dataclass(frozen=True)
class SignUpLetters:
    """Writes the letters of sign-up."""

    signer: LinkSigner
    pages: Pages
    limits: Limits
    limit: Limit

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write the letter for one sign-up, to whoever the address belongs to now."""
        pending = session.get(SignUp, letter.facts["sign_up"])
        if pending is None:
            return Nothing("the sign-up was finished or has expired")
        owner = session.scalar(select(Account).where(Account.email_key == pending.email_key))
        if self._too_many(session, letter, pending, now):
            return Nothing(SAME_ADDRESS)
        return self._to_owner(owner) if owner else self._to_newcomer(pending, now)

    def reminder(self, session: Session, letter: Letter, email_key: str, now: datetime) -> Result | None:
        """Write the link once more for whoever never finished signing up; None where nobody began to."""
        newest = select(SignUp).where(SignUp.email_key == email_key, SignUp.expires_at > now).order_by(SignUp.id.desc())
        pending = session.scalar(newest.limit(1))
        if pending is None:
            return None
        if self._too_many(session, letter, pending, now):
            return Nothing(SAME_ADDRESS)
        return self._to_newcomer(pending, now)

    def _too_many(self, session: Session, letter: Letter, pending: SignUp, now: datetime) -> bool:
        """Count a letter once, however often it is tried: for the network that asked, then for all together.

        So a stranger cannot use up what is left to the address's owner, unless from several networks at once.
        """
        if "counted" in letter.facts:
            return False
        asker = letter.facts.get("asker", "")  # older letters, and those to remind, have none
        counts = ((self.limit, f"{asker} {pending.email_key}"), (self._of_all, pending.email_key))
        return not all(self.limits.spend(session, limit, subject, now).allowed for limit, subject in counts)

    @property
    def _of_all(self) -> Limit:
        """The limit for all networks together."""
        rate = self.limit.rate
        return Limit(f"{self.limit.name}, all", Rate(rate.times and rate.times * NETWORKS, rate.seconds))

    def _to_newcomer(self, pending: SignUp, now: datetime) -> Written:
        ends = pending.expires_at = now + OPEN_FOR  # counted from when the letter leaves
        token = self.signer.sign(pending.id, *link_state(pending), expires=ends)
        facts = {"link": self.pages.finish_sign_up(token), "ends": ends}
        return render(PACKAGE, "finish_sign_up", pending.email, facts, progress={"counted": True})

    def _to_owner(self, owner: Account) -> Written:
        facts = {"username": owner.username, "sign_in_url": self.pages.sign_in, "forgot_url": self.pages.forgot}
        return render(PACKAGE, "already_member", owner.email, facts, progress={"counted": True})

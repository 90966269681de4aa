"""The two letters of recovery: the link, and the word that it was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.accounts import Account, SignUpLetters, find_reached, load_by_keys
from microblog.limits import Limit, Limits
from microblog.links import Pages
from microblog.mail import Letter, Nothing, Result, render
from microblog.recovery.ask import ask_at
from microblog.recovery.reset import ResetLinks

PACKAGE = "microblog.recovery"


@dataclass(frozen=True)
class ResetLetters:
    """Writes the reset letter, to the stored address of whoever was asked for."""

    links: ResetLinks
    pages: Pages
    sign_up: SignUpLetters
    limits: Limits
    limit: Limit

    def foresee(self, session: Session, letters: Sequence[Letter]) -> None:
        """Look up the accounts of a whole batch at once."""
        load_by_keys(session, {letter.facts["identifier"] for letter in letters})

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Find the account, count the letter once however often it is tried, and mint the link."""
        reached = find_reached(session, letter.facts["identifier"])
        if reached is None or not is_for(letter, reached.account):
            unfinished = self.sign_up.reminder(session, letter, letter.facts["identifier"], now)
            return unfinished or Nothing("no such account")
        account = reached.account
        if "counted" not in letter.facts:
            if not self.limits.spend(session, self.limit, str(account.id), now).allowed:
                return Nothing("too many reset letters to this account")
            ask_at(session, account, reached.addresses[1:], letter.useful_until - now, now)
        token, ends = self.links.sign(account, now)
        facts = {
            "username": account.username,
            "link": self.pages.reset(token),
            "ends": ends,
            "minutes": self.links.minutes,
        }
        return render(PACKAGE, "reset_password", reached.addresses[0], facts, remember={"counted": True})


def is_for(letter: Letter, account: Account) -> bool:
    """Tell whether an account is the one a letter was posted for, where that is known."""
    return bool(letter.facts.get("account", account.id) == account.id)


@dataclass(frozen=True)
class ChangedLetters:
    """Writes the letter that says the password was changed."""

    forgot_url: str

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Write from the facts alone: this letter goes to the address as it was at the change."""
        changed = datetime.fromisoformat(letter.facts["changed"])
        facts = {"username": letter.facts["username"], "changed": changed, "forgot_url": self.forgot_url}
        return render(PACKAGE, "password_changed", letter.to, facts)

"""The letter that was asked for: the link to choose a new password. And the one that follows on "this wasn't me"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from microblog.accounts import (
    Account,
    Reached,
    SignUpLetters,
    about,
    find_reached,
    get_account,
    load_by_keys,
    origin_in,
)
from microblog.links import Pages
from microblog.mail import Letter, Nothing, Result, Written, render
from microblog.recovery.allowance import LetterAllowance
from microblog.recovery.ask import ask_at, note_asked
from microblog.recovery.models import PasswordChange
from microblog.recovery.reset import ResetLinks

PACKAGE = "microblog.recovery"
MUTED = "muted by the owner"
TOO_MANY = "too many reset letters to this account"
COME_BACK = "the owner has come back since"


@dataclass(frozen=True)
class ResetLetters:
    """Writes the reset letter, to the stored address of whoever was asked for, and notes that it was asked for."""

    links: ResetLinks
    pages: Pages
    sign_up: SignUpLetters
    allowance: LetterAllowance
    events_key: bytes

    def foresee(self, session: Session, letters: Sequence[Letter]) -> None:
        """Look up the accounts of a whole batch at once."""
        load_by_keys(session, {letter.facts["identifier"] for letter in letters})

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Find the account, count and note the letter once however often it is tried, and mint the link."""
        reached = reached_by(session, letter)
        if reached is None:
            unfinished = self.sign_up.reminder(session, letter, letter.facts["identifier"], now)
            written = unfinished or Nothing("no such account")
        elif reason := self._refusal(session, reached.account, letter, now):
            written = Nothing(reason)
        else:
            if "counted" not in letter.facts:
                ask_at(session, reached.account, reached.addresses[1:], letter.useful_until - now, now)
            written = reset_letter(self.links, self.pages, letter, reached.account, now, reached.addresses[0])
        self._note(session, letter, reached, written.reason if isinstance(written, Nothing) else "")
        return written

    def unwritten(self, session: Session, letter: Letter, reason: str) -> None:
        """Note that a letter was asked for of which there is nothing to write: it was a repeat, or came too late."""
        self._note(session, letter, reached_by(session, letter), reason)

    def _refusal(self, session: Session, account: Account, letter: Letter, now: datetime) -> str:
        if account.muted_until is not None and now < account.muted_until:
            return MUTED
        if "counted" in letter.facts:
            return ""
        return "" if self.allowance.spend(session, account.id, origin_in(letter.facts), now) else TOO_MANY

    def _note(self, session: Session, letter: Letter, reached: Reached | None, detail: str) -> None:
        if "account" in letter.facts:  # it goes with one to the first address, which was noted
            return
        typed = about(self.events_key, letter.facts["identifier"])
        note_asked(session, letter, reached.account.id if reached else None, typed, detail)


@dataclass(frozen=True)
class AfterNotMeLetters:
    """Writes the letter by which an owner comes back who said that somebody else had changed the password."""

    links: ResetLinks
    pages: Pages

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write to the address that said so. Nobody's mute and no stranger's asking keeps it back."""
        change = session.get(PasswordChange, letter.facts["change"])
        account = get_account(session, change.account_id) if change else None
        if change is None or account is None or change.settled_at is not None:
            return Nothing(COME_BACK)
        note_asked(session, letter, account.id, detail="it was somebody else")
        return reset_letter(self.links, self.pages, letter, account, now, letter.to)


def reached_by(session: Session, letter: Letter) -> Reached | None:
    """Return whom a letter reaches and where; nobody where it was posted for another account than has the name now."""
    reached = find_reached(session, letter.facts["identifier"])
    meant = letter.facts.get("account")
    return reached if reached and meant in (None, reached.account.id) else None


def reset_letter(links: ResetLinks, pages: Pages, letter: Letter, account: Account, now: datetime, to: str) -> Written:
    """Write a letter with a fresh link."""
    token, ends = links.sign(account, now)
    facts: Mapping[str, Any] = {
        "username": account.username,
        "link": pages.reset(token),
        "ends": ends,
        "minutes": links.minutes,
    }
    known = {"counted": True, "noted": letter.id}
    return render(PACKAGE, letter.kind, to, facts, remember=known)

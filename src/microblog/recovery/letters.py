"""The letter that was asked for: the link to choose a new password. And the one that follows on "this wasn't me"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from microblog.audit import about
from microblog.contact import ADDED_LETTER, REMOVED_LETTER
from microblog.identity import Account, Reached, find_reached, get_account, load_by_keys, standing_of
from microblog.links import Pages
from microblog.mail import Kind, Letter, Nothing, Result, Writers, Written, canonical_identifier, render
from microblog.origin import origin_in
from microblog.ownership import ChangeKind, ReportableChange, is_outlived
from microblog.recovery.allowance import LetterAllowance
from microblog.recovery.ask import ask_at, note_asked
from microblog.recovery.codes import CODES_MADE_LETTER
from microblog.recovery.report_links import ReportLinks
from microblog.recovery.reset import ResetLinks
from microblog.recovery.takeover import MUTED_FOR
from microblog.registration import SignUpLetters

ACCOUNTS, PACKAGE = "microblog.account_emails", "microblog.recovery"  # where the templates are
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

    def foresee(self, session: Session, letters: Sequence[Letter], now: datetime) -> None:  # noqa: ARG002
        """Look up the accounts of a whole batch at once."""
        load_by_keys(session, {letter.facts["identifier"] for letter in letters})

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Find the account, count and note the letter once however often it is tried, and mint the link."""
        reached = reached_by(session, letter)
        if reached is None:
            unfinished = self.sign_up.reminder(session, letter, letter.facts["identifier"], now)
            written = unfinished or Nothing("no such account")
        elif reason := self._refusal(session, reached, letter, now):
            written = Nothing(reason)
        else:
            if "counted" not in letter.facts:
                ask_at(session, reached.account, reached.addresses[1:], letter.useful_until - now, now)
            written = reset_letter(self.links, self.pages, letter, reached.account, now, reached.addresses[0])
        self._note(session, letter, reached, written.reason if isinstance(written, Nothing) else "")
        return written

    def unwritten(self, session: Session, letter: Letter, reason: str, now: datetime) -> None:  # noqa: ARG002
        """Note that a letter was asked for of which there is nothing to write: it was a repeat, or came too late."""
        self._note(session, letter, reached_by(session, letter), reason)

    def _refusal(self, session: Session, reached: Reached, letter: Letter, now: datetime) -> str:
        account = reached.account
        if account.muted_until is not None and now < account.muted_until <= now + MUTED_FOR:
            return MUTED
        if "counted" in letter.facts:
            return ""
        backup = "" if reached.addresses[0] == account.email else canonical_identifier(reached.addresses[0])
        may_go = self.allowance.spend(session, account.id, origin_in(letter.facts), now, backup)
        return "" if may_go else TOO_MANY

    def _note(self, session: Session, letter: Letter, reached: Reached | None, detail: str) -> None:
        if "account" in letter.facts:  # it goes with one to the first address, which was noted
            return
        typed = about(self.events_key, letter.facts["identifier"])
        note_asked(session, letter, reached.account.id if reached else None, typed, detail)


@dataclass(frozen=True)
class WayInEmails:
    """Renders the email by which an owner comes back who reported a takeover or took an address back."""

    links: ResetLinks
    pages: Pages

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write to the address that said so. Nobody's mute and no stranger's asking keeps it back."""
        account = get_account(session, letter.facts["account"])
        claimant = standing_of(session, account, letter.facts["email_key"], now) if account else None
        if account is None or claimant is None or claimant.removed_at:
            return Nothing(COME_BACK)
        after = letter.facts["after"]
        if is_outlived(session, account, claimant, after, now, reported_id=after):
            return Nothing(COME_BACK)
        note_asked(session, letter, account.id, detail="it was somebody else")
        return reset_letter(self.links, self.pages, letter, account, now, letter.to)


@dataclass(frozen=True)
class ReportableEmails:
    """Renders the email about a change to its owner, with the link to report it where this address may use one."""

    links: ReportLinks
    pages: Pages
    kind: Kind
    change: ChangeKind
    package: str

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Mint the link; the days in which it works began with the change."""
        change, at = session.get(ReportableChange, letter.facts["change"]), datetime.fromisoformat(letter.facts["at"])
        token, ends = self.links.sign(letter.facts["change"], self.change, at, letter.to)
        told = change is not None and letter.to in (change.email, change.second_email) and now < ends
        facts = {
            **letter.facts,
            "at": at,
            "link": self.pages.not_me(token) if told else "",
            "ends": ends,
            "forgot_url": self.pages.forgot,
        }
        return render(self.package, self.kind.name, letter.to, facts)


def reportable_writers(links: ReportLinks, pages: Pages) -> Writers:
    """Return what renders the emails about changes that can be reported."""
    kinds = (
        (ADDED_LETTER, ChangeKind.BACKUP_ADDED, ACCOUNTS),
        (REMOVED_LETTER, ChangeKind.BACKUP_REMOVED, ACCOUNTS),
        (CODES_MADE_LETTER, ChangeKind.CODES_MADE, PACKAGE),
    )
    return {kind.name: ReportableEmails(links, pages, kind, change, package) for kind, change, package in kinds}


def reached_by(session: Session, letter: Letter) -> Reached | None:
    """Return whom a letter reaches and where; nobody where it was posted for another account than has the name now."""
    reached = find_reached(session, letter.facts["identifier"])
    meant = letter.facts.get("account")
    return reached if reached and meant in (None, reached.account.id) else None


def reset_letter(links: ResetLinks, pages: Pages, letter: Letter, account: Account, now: datetime, to: str) -> Written:
    """Write a letter with a fresh link."""
    token, ends = links.sign(account, now, to)
    facts: Mapping[str, Any] = {
        "username": account.username,
        "link": pages.reset(token),
        "ends": ends,
        "minutes": links.minutes,
    }
    known = {"counted": True, "noted": letter.id}
    return render(PACKAGE, letter.kind, to, facts, progress=known)

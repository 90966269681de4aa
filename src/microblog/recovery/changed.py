"""A password was set: who is told, and what becomes of older words that it was somebody else."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from microblog.audit import Happened, record
from microblog.identity import Account, notice_addresses
from microblog.links import Pages
from microblog.mail import Kind, Letter, Result, canonical_identifier, let_go, post, render
from microblog.origin import Origin, origin_in
from microblog.ownership import ChangeKind, note_change
from microblog.recovery.ask import letter_key
from microblog.recovery.report_links import ReportLinks

PACKAGE = "microblog.recovery"
CHANGED_LETTER = Kind("password_changed", urgent=True)
USEFUL_FOR = timedelta(days=7)


class Way(StrEnum):
    """How a password came to be set; the letter about it has words for each."""

    LINK = "a link"
    CODE = "a recovery code"
    SIGNED_IN = "signed in"


WORDS = {
    Way.LINK: "with a link to choose a new one",
    Way.CODE: "with one of your recovery codes",
    Way.SIGNED_IN: "by somebody who was signed in as you",
}
EVENT = {
    Way.LINK: Happened.PASSWORD_RESET,
    Way.CODE: Happened.PASSWORD_RESET,
    Way.SIGNED_IN: Happened.PASSWORD_CHANGED,
}


def password_changed(
    session: Session, account: Account, origin: Origin, way: Way, now: datetime, recovery_id: int | None = None
) -> None:
    """Note that an account's password was just set, and tell its owner at every address there is.

    Part of the transaction that sets it. `recovery_id` is the recovery it belongs to, if it was none of a signed-in
    member's own changes.
    """
    addresses = notice_addresses(session, account)
    keys = [account.username_key, *map(canonical_identifier, addresses)]
    let_go(session, [letter_key(key) for key in keys])  # their links are dead
    change_id = note_change(session, account.id, ChangeKind.PASSWORD, addresses, now, recovery_id)
    record(session, account.id, EVENT[way], now, origin=origin, detail=f"by {way}" if way is Way.CODE else "")
    facts = {
        "username": account.username,
        "changed": now.isoformat(),
        "change": change_id,
        "way": way.value,
        **asdict(origin),
    }
    for address in addresses:
        post(session, CHANGED_LETTER, to=address, facts=facts, useful_for=USEFUL_FOR, now=now)


@dataclass(frozen=True)
class ChangedLetters:
    """Writes the letter that says the password was changed, with the link that says it was somebody else."""

    links: ReportLinks
    pages: Pages
    contact: str
    """Whom to write to for help; empty where nobody is named."""

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Write from the facts alone: this letter goes to the address as it was at the change."""
        changed = datetime.fromisoformat(letter.facts["changed"])
        token, ends = self.links.sign(letter.facts.get("change", 0), ChangeKind.PASSWORD, changed, letter.to)
        facts = {
            "username": letter.facts["username"],
            "changed": changed,
            "way": WORDS[Way(letter.facts.get("way", Way.LINK))],
            "origin": origin_in(letter.facts).words,
            "link": self.pages.not_me(token) if "change" in letter.facts and now < ends else "",
            "ends": ends,
            "forgot_url": self.pages.forgot,
            "contact": self.contact,
        }
        return render(PACKAGE, "password_changed", letter.to, facts)

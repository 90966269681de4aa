"""The email that says an account will be deleted. The link that keeps it is made here, when the email leaves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.auth import OwnLinks
from microblog.identity import get_account
from microblog.links import Pages
from microblog.mail import Letter, Nothing, Result, render
from microblog.personal_data.deletion import deletion_state
from microblog.registration.sign_up_emails import PACKAGE


@dataclass(frozen=True)
class DeletionAskedLetters:
    """Writes to each address an account had when its deletion was asked for."""

    links: OwnLinks
    pages: Pages

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Mint the link; it works until the account is due to be deleted."""
        account, due = get_account(session, letter.facts["account"]), datetime.fromisoformat(letter.facts["due"])
        if account is None or account.deletion_due_at != due:
            return Nothing("the deletion was cancelled")
        token = self.links.keep.sign(account.id, *deletion_state(account), expires=due.replace(microsecond=0))
        facts = {
            "username": account.username,
            "at": datetime.fromisoformat(letter.facts["at"]),
            "origin": letter.facts["origin"],
            "due": due,
            "link": self.pages.keep_account(token),
            "forgot_url": self.pages.forgot,
        }
        return render(PACKAGE, "deletion_asked", letter.to, facts)

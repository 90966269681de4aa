"""\"This wasn't me\": the owner of an account says that somebody else set its password, and comes back.

One transaction ends all logins, locks the password, puts the addresses back as they were, and posts a fresh letter. The
link works again until the owner is back, for that letter's own link is short-lived; each further time it does nothing
but post another. It ends the links of later changes, whose letters may have gone to whoever it was, and no earlier one:
of two people who say that the other is a stranger, the one who was told first is believed.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from microblog.accounts import Account, AsItWas, Happened, Origin, lock_and_put_back, record
from microblog.mail import Kind, post
from microblog.recovery.ask import USEFUL_FOR
from microblog.recovery.errors import DoubtSettled
from microblog.recovery.models import PasswordChange
from microblog.recovery.not_me_links import Doubt

AFTER_NOT_ME_LETTER = Kind("reset_after_not_me", urgent=True)
MUTED_FOR = timedelta(hours=24)
NOT_PUT_BACK = "an address is somebody else's by now"


def disown(session: Session, doubt: Doubt, origin: Origin, now: datetime) -> None:
    """Take an account away from whoever set its password, and send its owner a letter.

    Raises:
        DoubtSettled: the owner came back since the link was opened, or the account is gone.
    """
    account, change = held(session, doubt)
    if change.disowned_at is None:
        change.disowned_at = now
        end_later_links(session, change, now)
        was = AsItWas(change.at, change.email, change.second_email)
        complete = lock_and_put_back(session, account, was, now, now + MUTED_FOR)
        record(session, account.id, Happened.NOT_ME, now, origin=origin, detail="" if complete else NOT_PUT_BACK)
    post(
        session,
        AFTER_NOT_ME_LETTER,
        to=doubt.to,
        facts={"change": change.id, **asdict(origin)},
        useful_for=USEFUL_FOR,
        now=now,
        key=f"not me {change.id} {doubt.to}",
    )


def held(session: Session, doubt: Doubt) -> tuple[Account, PasswordChange]:
    """Return account and change as they are now, and keep them so until the transaction ends."""
    mine = select(Account).where(Account.id == doubt.account.id, Account.deactivated_at.is_(None))
    account = session.scalar(mine.with_for_update())
    change = session.get(PasswordChange, doubt.change.id)
    if account is None or change is None or change.settled_at is not None:
        raise DoubtSettled
    return account, change


def end_later_links(session: Session, change: PasswordChange, now: datetime) -> None:
    """End the links about changes that came after one that its owner disowns."""
    later = PasswordChange.account_id == change.account_id, PasswordChange.id > change.id
    session.execute(update(PasswordChange).where(*later, PasswordChange.settled_at.is_(None)).values(settled_at=now))

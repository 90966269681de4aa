"""The data of an account, for an administrator."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from microblog.auth import recovered_lately
from microblog.auth.sessions import sessions_of
from microblog.context import Context
from microblog.identity import Account, BackupEmail, find_any, former_usernames, known_by
from microblog.mail import canonical_identifier
from microblog.recovery.codes import codes_left

LONGEST = 340  # characters of an address's key


@dataclass(frozen=True)
class MemberOverview:
    """An account, and what is known of it besides its row."""

    account: Account
    former: tuple[str, ...]
    """Its earlier usernames, the last one first."""
    backup: BackupEmail | None
    codes: int
    sessions: int
    recovered: bool
    """Whether it was recovered within a day."""


def find_member(context: Context, typed: str) -> Account | None:
    """Return the account that has a username or an address, or had the username."""
    with context.reading() as session:
        return account_by(session, typed)


def member_overview(context: Context, typed: str, most_sessions: int) -> MemberOverview | None:
    """Return the same with its data, read in one transaction; sessions are counted up to `most_sessions`."""
    with context.reading() as session:
        account = account_by(session, typed)
        if account is None:
            return None
        return MemberOverview(
            account,
            tuple(row.username for row in session.execute(former_usernames(account.id))),
            known_by(session, account.username_key).second,
            codes_left(session, account.id).number,
            len(sessions_of(session, account.id, context.now, most_sessions)),
            recovered_lately(account, context.now),
        )


def account_by(session: Session, typed: str) -> Account | None:
    """Return the account that has a username or an address, or had the username; None where nobody could have it."""
    key = canonical_identifier(typed) if len(typed) <= LONGEST and typed.isprintable() else ""
    return find_any(session, key) if key else None

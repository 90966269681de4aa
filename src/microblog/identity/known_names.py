"""All identifiers of the account behind a name or an address, for an administrator who looks into a complaint."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.identity.lookup import find_any
from microblog.identity.models import Account, BackupEmail, FormerUsername


@dataclass(frozen=True)
class Known:
    """The account that goes by a key, if there is one, and every key it goes by."""

    account: Account | None
    keys: tuple[str, ...]
    second: BackupEmail | None = None


def known_by(session: Session, key: str) -> Known:
    """Return what goes by this key."""
    account = find_any(session, key)
    if account is None:
        return Known(None, (key,))
    second = session.get(BackupEmail, account.id)
    former = session.scalars(select(FormerUsername.username_key).where(FormerUsername.account_id == account.id))
    names = (key, account.username_key, account.email_key, *([second.email_key] if second else []), *former)
    return Known(account, tuple(dict.fromkeys(names)), second)

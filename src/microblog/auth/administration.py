"""Administrators' changes to accounts: the checks and the transaction they share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from microblog.auth.errors import NoSuchAccount, OwnAccount
from microblog.auth.recovery_cooldown import refuse_after_recovery
from microblog.context import Context
from microblog.identity import Account, find_anyone
from microblog.mail import canonical_identifier

Result = TypeVar("Result")


@dataclass(frozen=True)
class Administrator:
    """An administrator: the name that events are given, and the account, None for a command on the server.

    The password of that account was just verified.
    """

    name: str
    account: Account | None = None


@dataclass(frozen=True)
class AccountChanged(Generic[Result]):
    """The account that was changed, and the result."""

    account_id: int
    username: str
    result: Result


def change_account(
    context: Context,
    administrator: Administrator,
    identifier: str,
    change: Callable[[Session, Account], Result],
    find: Callable[[Session, str], Account | None] = find_anyone,
) -> AccountChanged[Result]:
    """Change the account that has a username or an address, in one transaction.

    Raises:
        RecoveredLately: the administrator's account was recovered within a day, perhaps by somebody else.
        NoSuchAccount: nobody has that name.
        OwnAccount: it is the administrator's own.
    """
    own = administrator.account
    if own:
        refuse_after_recovery(own, context.now)
    with context.writing() as session:
        account = find(session, canonical_identifier(identifier))
        if account is None:
            raise NoSuchAccount
        if own and own.id == account.id:
            raise OwnAccount
        return AccountChanged(account.id, account.username, change(session, account))

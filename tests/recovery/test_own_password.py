"""What a password allowed is done only while it is still the password."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from microblog.auth import lock_verified
from microblog.auth.models import SignInSession
from microblog.db import Database
from microblog.identity import Account, ChangedMeanwhile
from microblog.recovery.own_password import set_own_password
from support.clock import NOON

Step = Callable[[Session, Account], object]
STEPS: dict[str, Step] = {
    "change the password": lambda session, verified: set_own_password(session, verified, "third", 1),
    "anything grave": lock_verified,
}


@pytest.fixture
def alice(database: Database) -> Account:
    """A member whose password was just verified, signed in once."""
    names = {"username": "alice", "username_key": "alice", "email": "a@b.example", "email_key": "a@b.example"}
    login = {"secret_hash": "x", "remembered": False, "created_at": NOON, "expires_at": NOON, "seen_at": NOON}
    with database.writing() as session:
        session.execute(insert(Account).values(password_hash="first", created_at=NOON, **names))
        account = session.scalars(select(Account)).one()
        session.execute(insert(SignInSession).values(id=1, account_id=account.id, **login))
    return account


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("values", [{"password_hash": "second"}, {"deactivated_at": NOON}], ids=str)
def test_a_password_that_is_none_any_more_allows_nothing(
    database: Database, alice: Account, step: str, values: dict[str, object]
) -> None:
    with database.writing() as session:
        session.execute(update(Account).values(values))
    with pytest.raises(ChangedMeanwhile), database.writing() as session:
        STEPS[step](session, alice)


@pytest.mark.parametrize("step", STEPS)
def test_the_present_one_does(database: Database, alice: Account, step: str) -> None:
    with database.writing() as session:
        STEPS[step](session, alice)


def test_a_login_that_ended_meanwhile_changes_no_password(database: Database, alice: Account) -> None:
    with pytest.raises(ChangedMeanwhile), database.writing() as session:
        set_own_password(session, alice, "second", 2)
    with database.reading() as session:
        assert session.scalars(select(Account.password_hash)).all() == ["first"]

"""Members for tests of pages, without their letters: sign-up has tests of its own."""

from datetime import timedelta
from functools import cache

from sqlalchemy import select, update

from microblog.audit.models import Event
from microblog.auth import hash_password
from microblog.identity import Account
from microblog.mail import parse_address
from support.running import PASSWORD, RunningSite
from support.visitor import Visitor


@cache
def password_hash() -> str:
    """Hash the usual password, once."""
    return hash_password(PASSWORD)


def member(site: RunningSite, username: str, email: str = "") -> Visitor:
    """Make somebody a member, as finishing a sign-up a month ago would, and return their browser, signed in."""
    address = parse_address(email or f"{username}@example.com")
    account = Account(
        username=username,
        username_key=username.lower(),
        email=address.spelled,
        email_key=address.key,
        password_hash=password_hash(),
        created_at=site.clock() - timedelta(days=30),
    )
    with site.database.writing() as session:
        session.add(account)
    visitor = site.visitor()
    form = {"csrf_token": visitor.token_in(visitor.get("/login")), "username": username, "password": PASSWORD}
    assert visitor.post("/login", form, follow=False).status == 303
    return visitor


def events_of(site: RunningSite, username: str) -> list[str]:
    """What happened to a member, in order."""
    with site.database.reading() as session:
        theirs = select(Event.kind).join(Account, Account.id == Event.account_id)
        return list(session.scalars(theirs.where(Account.username == username).order_by(Event.id)))


def recovered(site: RunningSite, username: str) -> None:
    """Let a member have been recovered just now."""
    with site.database.writing() as session:
        session.execute(update(Account).where(Account.username == username).values(recovered_at=site.clock()))

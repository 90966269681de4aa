"""Stories of recovery: letters by their subject, passwords set by whoever reads a letter, and what was noted of it."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import insert, select

from journeys.trial import wait_for
from microblog.audit import EventType
from microblog.identity import Account, BackupEmail
from microblog.mail import parse_address
from microblog.mail.mailbox import Received
from support.past_events import EventPage, read_account_events
from support.running import RunningSite, link_in
from support.visitor import Answer, Visitor

RESET = "[Microblog] Reset Your Password"
CHANGED = "[Microblog] Your Password Was Changed"
BACK_IN = "[Microblog] Get Back In"
THIEFS = "a stranger chose this password"
OWNERS = "the owner chose this password"


def letters(site: RunningSite, subject: str, count: int, to: str = "") -> Sequence[Received]:
    """Return the letters with a subject, oldest first, once there are that many; `to` one address, if given."""

    def found() -> list[Received]:
        return [one for one in site.mailbox.all() if one.summary.subject == subject and to in ("", one.summary.to)]

    wait_for(lambda: len(found()) >= count, 10)
    assert len(found()) == count
    return found()


def settled(site: RunningSite) -> None:
    """Wait until no letter is on its way."""
    wait_for(lambda: site.delivery.next_due() is None, 10)


def link_of(site: RunningSite, subject: str, count: int, to: str = "") -> str:
    """Return the link in the last of so many letters."""
    return link_in(letters(site, subject, count, to)[-1].text)


def choose(visitor: Visitor, link: str, password: str) -> Answer:
    """Open a link and choose a password."""
    return visitor.submit(link, password=password, password2=password)


def reset(site: RunningSite, number: int, password: str, name: str = "alice") -> str:
    """Ask for the letter with this number, use it, and return the link "not me" of the letter that follows."""
    site.visitor().submit("/reset_password_request", email=name)
    answer = choose(site.visitor(), link_of(site, RESET, number), password)
    assert "Your password has been reset" in answer.words
    return link_of(site, CHANGED, number)


def say_so(visitor: Visitor, link: str, **fields: str) -> Answer:
    """Open the link "not me", tick the box and press the button."""
    return visitor.submit(link, follow=True, **{"sure": "y", **fields})


def account_of(site: RunningSite, name: str = "alice") -> Account:
    """Return somebody's row."""
    with site.database.reading() as db:
        return db.scalars(select(Account).where(Account.username_key == name)).one()


def page_of_events(site: RunningSite, name: str = "alice", before: int | None = None, limit: int = 50) -> EventPage:
    """Return what is noted of somebody, the newest first."""
    with site.database.reading() as db:
        return read_account_events(db, account_of(site, name).id, before=before, limit=limit)


def noted(site: RunningSite, kind: EventType, count: int = 1, name: str = "alice") -> list[str]:
    """Return the details of somebody's events of one kind, oldest first, once there are that many."""

    def found() -> list[str]:
        events = reversed(page_of_events(site, name, limit=500).events)
        return [event.detail for event in events if event.kind == kind]

    wait_for(lambda: len(found()) >= count, 10)
    assert len(found()) == count
    return found()


def add_second(site: RunningSite, email: str, name: str = "alice", days_ago: int = 20) -> None:
    """Give somebody a second address, as confirming it some days ago would."""
    address = parse_address(email)
    with site.database.writing() as db:
        facts = {"account_id": account_of(site, name).id, "added_at": site.clock() - timedelta(days=days_ago)}
        db.execute(insert(BackupEmail).values(facts | {"email": address.spelled, "email_key": address.key}))

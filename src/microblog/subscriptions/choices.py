"""A member's choice of optional emails."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from microblog.context import Context
from microblog.db import upsert
from microblog.identity import Account, get_account, is_visible
from microblog.subscriptions.models import Subscription


class Topic(StrEnum):
    """Emails that a member can choose to get or not. Each is a column of the table, and a box on the page."""

    FOLLOWED = "followed"
    MENTIONED = "mentioned"
    DIGEST = "digest"


@dataclass(frozen=True)
class Choices:
    """The optional emails a member gets; all of them by default."""

    followed: bool = True
    mentioned: bool = True
    digest: bool = True

    def wants(self, topic: Topic) -> bool:
        """Tell whether the member gets this one."""
        return bool(asdict(self)[topic])


def choices_of(session: Session, account_id: int) -> Choices:
    """Return what a member chose, as it is now."""
    columns = (Subscription.followed, Subscription.mentioned, Subscription.digest)
    found = session.execute(select(*columns).where(Subscription.account_id == account_id)).one_or_none()
    return Choices(*found) if found else Choices()


def members_wanting(session: Session, topic: Topic, among: Collection[int]) -> Sequence[Account]:
    """Return those active members who get this email, in one statement."""
    chosen = getattr(Subscription, topic)
    theirs = select(Account).outerjoin(Subscription, Subscription.account_id == Account.id)
    active = theirs.where(Account.id.in_(among), is_visible(Account))
    return session.scalars(active.where(or_(chosen.is_(None), chosen))).all()


def choose_emails(context: Context, account_id: int, choices: Choices) -> None:
    """Store what a member chose. It counts at once, for emails that wait already too."""
    with context.writing() as session:
        store_choices(session, account_id, asdict(choices))


def turn_off(session: Session, account_id: int, topic: Topic) -> None:
    """Stop sending a member these emails. Idempotent; does nothing where there is no such account."""
    if get_account(session, account_id):
        store_choices(session, account_id, {topic.value: False})


def store_choices(session: Session, account_id: int, values: Mapping[str, bool]) -> None:
    """Update some of a member's choices."""
    row = {"account_id": account_id, **asdict(Choices()), **values}
    session.execute(upsert(session, Subscription, row, values))

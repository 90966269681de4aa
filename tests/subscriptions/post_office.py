"""A site whose letters leave when a test says so."""

from sqlalchemy import select

from microblog.db import Database
from microblog.mail import Email
from microblog.mail.mailbox import Received
from microblog.posts import Post
from microblog.subscriptions import tell_followed, tell_mentioned
from support.community import follow, say
from support.running import RunningSite


def deliver(site: RunningSite, **later: float) -> list[Received]:
    """Move the clock on, hand over all that is due then, and return every letter there is so far, oldest first."""
    site.clock.move(**later)
    while site.delivery.turn(lambda: False):
        pass
    return site.mailbox.all()


def outcomes(database: Database) -> list[str]:
    """Return what became of each letter: its state, or why there was nothing to send."""
    with database.reading() as session:
        return [letter.reason or letter.state for letter in session.scalars(select(Email).order_by(Email.id))]


def followed(site: RunningSite, follower_id: int, followed_id: int) -> None:
    """Let somebody follow somebody, and tell them, as the web does."""
    follow(site.database, follower_id, followed_id, now=site.clock())
    with site.database.writing() as session:
        tell_followed(session, follower_id, followed_id, site.clock())


def mention(site: RunningSite, author_id: int, text: str) -> int:
    """Publish a post, tell whom it names, as the web does, and return its number."""
    number = say(site.database, author_id, text)
    tell(site, number)
    return number


def tell(site: RunningSite, post_id: int) -> None:
    """Tell those whom a post names."""
    with site.database.writing() as session:
        tell_mentioned(session, session.get_one(Post, post_id), site.clock())

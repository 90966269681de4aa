"""A site whose letters leave when a test says so."""

from sqlalchemy import select

from microblog import follows, posts
from microblog.db import Database
from microblog.identity import Account
from microblog.mail import Email
from microblog.mail.mailbox import Received
from microblog.posts import Post
from microblog.posts.notify import notify_mentioned
from support.community import forms
from support.context import context_on
from support.running import RunningSite


def deliver(site: RunningSite, **later: float) -> list[Received]:
    """Move the clock on, hand over all that is due then, and return every letter there is so far, oldest first."""
    site.clock.move(**later)
    while site.delivery.deliver_batch(lambda: False):
        pass
    return site.mailbox.all()


def outcomes(database: Database) -> list[str]:
    """Return what became of each letter: its state, or why there was nothing to send."""
    with database.reading() as session:
        return [letter.reason or letter.state for letter in session.scalars(select(Email).order_by(Email.id))]


def followed(site: RunningSite, follower_id: int, followed_id: int) -> None:
    """Let somebody follow somebody."""
    with site.database.reading() as session:
        username = session.get_one(Account, followed_id).username
    follows.follow(context_on(site), follower_id, username)


def mention(site: RunningSite, author_id: int, text: str) -> int:
    """Publish a post and return its id."""
    return posts.publish(context_on(site), author_id, text, once=f"form {next(forms)}")


def tell(site: RunningSite, post_id: int) -> None:
    """Queue the emails about a post once more."""
    with site.database.writing() as session:
        notify_mentioned(session, session.get_one(Post, post_id), site.clock())

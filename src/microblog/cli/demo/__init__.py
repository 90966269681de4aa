"""`microblog demo`: a trial with people in it, to be looked around in."""

import math
import secrets
from datetime import datetime, timedelta
from importlib.resources import files

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog import follows, posts, schema
from microblog.accounts import Account, hash_password, no_password
from microblog.cli.demo.people import PEOPLE, Person
from microblog.cli.opening import clock_for, open_database, settings_for, stop
from microblog.mail import parse_address
from microblog.profiles import Profile
from microblog.settings import Settings
from microblog.web import pages_of

SIGN_IN_AS = PEOPLE[0].username
WEEKS = timedelta(weeks=5)  # before now the first post was written
HERE = files(__name__)
WORDS = (HERE / "words.txt").read_text("utf-8").split()
SAID = [tuple(one.strip().split(": ", 1)) for one in (HERE / "said.txt").read_text("utf-8").split("\n%\n")]
FAREWELL = """The trial has {people} members now, and {posts} posts.

Start it with `microblog run` and sign in at {sign_in}

  Username: {username}
  Password: {password}

This password is shown once. Nobody can sign in as the others."""


@click.command()
def demo() -> None:
    """Fill an empty trial with a small community, to look around in. A site with members is left alone."""
    settings = settings_for()
    refuse_real(settings)
    password = " ".join(secrets.choice(WORDS) for _ in range(5))
    with open_database(settings) as database:
        schema.upgrade(database)
        with database.writing() as session:
            if session.scalar(select(Account.id).limit(1)) is not None:
                stop("There are members here already, so nothing was changed. A demo needs an empty trial.")
            settle_in(session, clock_for(database)(), hash_password(password))
    sign_in = pages_of(settings.public_url).sign_in
    facts = {"people": len(PEOPLE), "posts": len(SAID), "username": SIGN_IN_AS, "password": password}
    click.echo(FAREWELL.format(sign_in=sign_in, **facts))


def refuse_real(settings: Settings) -> None:
    """Stop where this is no trial, or where letters would leave this computer: the addresses are nobody's."""
    if not settings.trial:
        stop(f"{settings.public_url} is a real site. A demo fills a trial only: unset PUBLIC_URL.")
    if settings.mail.server:
        stop("MAIL_SERVER is set, so letters to made-up people would leave this computer. Unset it for a demo.")


def settle_in(session: Session, now: datetime, password_hash: str) -> None:
    """Make everybody a member, and let them follow each other and say what they say."""
    began = now - WEEKS
    numbers = {person.username: join(session, person, began, password_hash) for person in PEOPLE}
    for person in PEOPLE:
        for name in person.follows:
            follows.follow(session, follower_id=numbers[person.username], followed_id=numbers[name], now=began)
    for number, (author, text) in enumerate(SAID):
        said_at = began + when(number)
        posts.publish(session, author_id=numbers[author], text=text, once=f"demo {number}", now=said_at)


def join(session: Session, person: Person, now: datetime, password_hash: str) -> int:
    """Make somebody a member; one of them can sign in."""
    address = parse_address(f"{person.username}@example.com")
    account = Account(
        username=person.username,
        username_key=person.username,
        email=address.spelled,
        email_key=address.key,
        password_hash=password_hash if person.username == SIGN_IN_AS else no_password(),
        created_at=now,
    )
    session.add(account)
    session.flush()
    session.add(Profile(account_id=account.id, about_me=person.about))
    return account.id


def when(number: int) -> timedelta:
    """Return how long after the first a post was written: the nearer to now, the more often somebody speaks."""
    left = 1 - number / (len(SAID) - 1)
    return (WEEKS - timedelta(minutes=4)) * (1 - left * math.sqrt(left)) + timedelta(seconds=number % 7)

"""`microblog demo`: a site with people in it, to look around in."""

import math
import os
import secrets
import shlex
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog import follows, posts, schema
from microblog.auth import hash_password, unusable_hash
from microblog.cli.bootstrap import clock_for, open_database, read_settings, stop
from microblog.cli.demo.people import PEOPLE, Person
from microblog.cli.last_address import last_address
from microblog.cli.start import port_option
from microblog.identity import Account, find_any
from microblog.identity.accounts import create_account
from microblog.mail import Address, parse_address
from microblog.profiles import store_about
from microblog.settings import BY_NAME, DEFAULT_PORT, PublicUrl, Settings
from microblog.web import pages_of

SIGN_IN_AS = PEOPLE[0].username
WEEKS = timedelta(weeks=5)  # before now the first post was written
HERE = files(__name__)
WORDS = (HERE / "words.txt").read_text("utf-8").split()
SAID = [tuple(one.strip().split(": ", 1)) for one in (HERE / "said.txt").read_text("utf-8").split("\n%\n")]
READY = """The demo is ready: {people} people and {posts} posts.

Sign in at {sign_in}

  Username: {username}
  Password: {password}

This password is shown only once, and nobody can sign in as the others. If the site isn't running, start it with:

  {start}"""
NOT_EMPTY = """This site already has members, so nothing was changed. You can:

  microblog demo --add          put the demo's people and posts beside what is there
  microblog demo --data FOLDER  make a demo of its own in another folder"""
TAKEN = """{names} {are} taken on this site, so nothing was changed. To make a demo of its own in another folder:

  microblog demo --data FOLDER"""
OTHER_DATABASE = "DATABASE_URL is set, so a folder of its own would change the same database. Unset it to use --data."


@click.command()
@port_option
@click.option("--add", is_flag=True, help="Fill a site that has members already; none of them is changed.")
@click.option("--data", metavar="FOLDER", help="The data folder of the demo, in place of MICROBLOG_DATA.")
def demo(port: int | None, add: bool, data: str | None) -> None:
    """Fill a site in demo mode with a small community, to look around in."""
    if data and os.environ.get("DATABASE_URL", "").strip():
        stop(OTHER_DATABASE)
    settings = read_settings(port=port, environ=environment(port, data))
    refuse_real(settings)
    password = " ".join(secrets.choice(WORDS) for _ in range(5))
    with open_database(settings) as database:
        schema.upgrade(database)
        with database.writing() as session:
            refuse_members(session, add=add)
            settle_in(session, clock_for(database)(), hash_password(password))
    sign_in, start = pages_of(settings.public_url).sign_in, start_command(settings, data)
    facts = {"people": len(PEOPLE), "posts": len(SAID), "username": SIGN_IN_AS, "password": password}
    click.echo(READY.format(sign_in=sign_in, start=start, **facts))


def environment(port: int | None, data: str | None) -> dict[str, str]:
    """Return the settings of this site; where it is, if nothing says so, is where it was started last."""
    environ = {**os.environ, **({"MICROBLOG_DATA": data} if data else {})}
    if port is None and not environ.get("PUBLIC_URL", "").strip():
        folder = environ.get("MICROBLOG_DATA", "").strip() or BY_NAME["MICROBLOG_DATA"].default
        environ["PUBLIC_URL"] = last_address(Path(folder)) or ""
    return environ


def start_command(settings: Settings, data: str | None) -> str:
    """Return the command that starts this very site, at this very address."""
    words = [f"MICROBLOG_DATA={shlex.quote(data)}"] if data else []
    if settings.public_url != PublicUrl("http", "localhost", DEFAULT_PORT):
        words.append(f"PUBLIC_URL={settings.public_url}")
    return " ".join([*words, "microblog run"])


def refuse_real(settings: Settings) -> None:
    """Stop on a real site, or where emails would leave this computer: the addresses are made up."""
    if not settings.trial:
        stop(f"{settings.public_url} is a real site. A demo needs demo mode: unset PUBLIC_URL.")
    if settings.mail.server:
        stop("MAIL_SERVER is set, so emails to made-up people would leave this computer. Unset it for a demo.")


def refuse_members(session: Session, *, add: bool) -> None:
    """Stop where there are members, unless people are to be added beside them and all the names are free."""
    if session.scalar(select(Account.id).limit(1)) is None:
        return
    if not add:
        stop(NOT_EMPTY)
    taken = [person.username for person in PEOPLE if is_taken(session, person.username)]
    if taken:
        are = "is" if len(taken) == 1 else "are"
        stop(TAKEN.format(names=", ".join(taken), are=are))


def is_taken(session: Session, username: str) -> bool:
    """Tell whether somebody has this username, had it, or has the email address that goes with it."""
    return any(find_any(session, key) for key in (username, address_of(username).key))


def settle_in(session: Session, now: datetime, password_hash: str) -> None:
    """Make everybody a member, and let them follow each other and say what they say."""
    began = now - WEEKS
    numbers = {person.username: join(session, person, began, password_hash) for person in PEOPLE}
    for person in PEOPLE:
        for name in person.follows:
            follows.add_follow(session, follower_id=numbers[person.username], followed_id=numbers[name], now=began)
    for number, (author, text) in enumerate(SAID):
        said_at = began + age_of(number)
        posts.add_post(session, author_id=numbers[author], text=text, once=f"demo {number}", now=said_at)


def join(session: Session, person: Person, now: datetime, password_hash: str) -> int:
    """Make somebody a member; one of them can sign in."""
    address = address_of(person.username)
    kept = password_hash if person.username == SIGN_IN_AS else unusable_hash()
    account = create_account(session, person.username, address, kept, now)
    store_about(session, account.id, person.about)
    return account.id


def address_of(username: str) -> Address:
    """Return the email address of somebody of the demo."""
    return parse_address(f"{username}@example.com")


def age_of(number: int) -> timedelta:
    """Return how long after the first a post was written: the nearer to now, the more often somebody speaks."""
    left = 1 - number / (len(SAID) - 1)
    return (WEEKS - timedelta(minutes=4)) * (1 - left * math.sqrt(left)) + timedelta(seconds=number % 7)

"""Alice, whose everything is; Bob, another member; and a stranger: each with a browser, and with what they know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from microblog import follows, posts
from microblog.auth import Action, hash_password
from microblog.auth.models import Confirmation, SignInSession
from microblog.auth.sign_in import insert_session
from microblog.contact import AddressChange
from microblog.contact.models import PendingBackupEmail
from microblog.digests.models import Digest
from microblog.identity import Account, BackupEmail
from microblog.identity.models import FormerUsername, RemovedAddress
from microblog.mail import Email
from microblog.origin import Origin
from microblog.ownership import ChangeKind, Recovery, ReportableChange
from microblog.posts.deleting import set_deleted_at
from microblog.profiles.models import Avatar, Profile
from microblog.recovery.codes import PURPOSE as CODES
from microblog.recovery.codes import make_codes
from microblog.schema import METADATA
from microblog.subscriptions.models import Subscription
from support.outbox import put_email
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import CSRF

PASSWORDS = {"alice": PASSWORD, "bob": NEW_PASSWORD, "carol": PASSWORD}
STRANGER = {"me": "nobody", "password": "open the gate, please", "code": "0" * 24}
"""What a stranger may guess."""
DERIVED = {"events", "follow_counts", "mentions"}
"""Tables that others write to by right: they tried something, or follow or name the member."""
DAY = timedelta(days=1)
houses = count(1)


@cache
def hash_of(password: str) -> str:
    """Hash a password, once."""
    return hash_password(password)


@dataclass(frozen=True)
class Person:
    """Somebody with a browser, in which they may be signed in."""

    site: RunningSite
    knows: Mapping[str, str]
    """`me`, `password`, `code`: what they type into forms."""
    account_id: int = 0
    secret: str = field(default="", repr=False)
    """Of their login."""

    def ask(self, method: str, path: str, fields: Mapping[str, str]) -> TestResponse:
        """Open a page, or send a form with its token, by a browser as new."""
        client = self.site.app.test_client()
        given: dict[str, Any] = {"base_url": self.site.base, "buffered": True}
        if self.secret:
            with client.session_transaction(base_url=self.site.base) as session:
                session["_user_id"] = self.secret
        if method == "POST":
            found = CSRF.search(client.get("/reset_password_request", **given).text)
            fields = {"csrf_token": found[1] if found else "", **fields}
        return client.open(path, method=method, data=fields if method == "POST" else None, **given)

    def theirs(self) -> list[str]:
        """All rows that are this person's own."""
        with self.site.database.reading() as db:
            return sorted(
                f"{table.name} {row}"
                for table, column in owned()
                for row in db.execute(select(table).where(table.c[column] == self.account_id))
            )


@cache
def owned() -> list[tuple[Table, str]]:
    """Every table whose rows are somebody's, and the column that says whose: the first that leads to an account."""
    found = {
        table: [key.parent.name for key in table.foreign_keys if key.column.table.name == Account.__tablename__]
        for table in METADATA.sorted_tables
        if table.name not in DERIVED
    }
    by_column = [
        (table, next(one.name for one in table.columns if one.name in names)) for table, names in found.items() if names
    ]
    return [(METADATA.tables[Account.__tablename__], "id"), *by_column]


@dataclass(frozen=True)
class Neighbours:
    """The three of them, and what in addresses and forms is Alice's."""

    owner: Person
    other: Person
    stranger: Person
    hers: Mapping[str, str]

    def rows(self) -> list[str]:
        """All rows that are Alice's own, and the letter that is on its way to her."""
        with self.owner.site.database.reading() as db:
            letter = db.execute(select(METADATA.tables["outbox"]).where(Email.id == int(self.hers["letter"]))).one()
        return [*self.owner.theirs(), f"outbox {letter}"]

    @property
    def private(self) -> tuple[str, ...]:
        """What nobody but Alice is shown."""
        name = self.hers["alice"]
        return f"{name}@example.com", f"{name}.two@example.com", lamp_of(name), taken_back_by(name)

    @property
    def for_members(self) -> tuple[str, ...]:
        """What no stranger is shown."""
        name = self.hers["alice"]
        return f"Good night from {name}", f"About {name}"


def move_in(site: RunningSite) -> Neighbours:
    """Let new ones live on the site, Alice and Bob with something of everything, and Carol, whom both follow."""
    house = next(houses)
    with site.database.writing() as db:
        alice, bob, carol = (add_account(db, site, name, house) for name in PASSWORDS)
        people, things = [], []
        for one in (alice, bob):
            follows.add_follow(db, follower_id=one.id, followed_id=carol.id, now=site.clock())
            codes = make_codes(db, site.settings.keys(CODES), one, site.clock(), Origin())
            knows = {"me": one.username, "password": PASSWORDS[one.username.rstrip("0123456789")], "code": codes[0]}
            people.append(Person(site, knows, one.id, log_in(db, site, one)))
            things.append(settle_in(db, site, one))
        hers = {"alice": alice.username, "carol": carol.username, **things[0]}
    hers["letter"] = str(put_email(site.database, to=f"{hers['alice']}@example.com"))
    return Neighbours(people[0], people[1], Person(site, STRANGER), hers)


def lamp_of(username: str) -> str:
    """The device that only this member signs in with."""
    return f"The lamp of {username}"


def taken_back_by(username: str) -> str:
    """What this member said, and deleted."""
    return f"Never mind, says {username}"


def settle_in(db: Session, site: RunningSite, one: Account) -> dict[str, str]:
    """Give somebody a row of everything, and return what names these rows in addresses and forms."""
    now, name, number = site.clock(), one.username, one.id
    whose: dict[str, Any] = {"account_id": number}
    said = posts.add_post(db, author_id=number, text=f"Good night from {name} #{name}", once=f"{name} 1", now=now)
    gone = posts.add_post(db, author_id=number, text=taken_back_by(name), once=f"{name} 2", now=now)
    set_deleted_at(db, gone.id, deleted_at=now, once=None)
    old, new, second, was = (f"{name}{part}@example.com" for part in ("", ".new", ".two", ".was"))
    move = AddressChange(**whose, old_email=old, old_email_key=old, new_email=new, new_email_key=new, asked_at=now)
    wish = Confirmation(**whose, action=Action.DELETE, wanted="", nonce=f"nonce {name}", asked_at=now)
    db.add_all(
        [
            move,
            wish,
            BackupEmail(**whose, email=second, email_key=second, added_at=now),
            PendingBackupEmail(**whose, email=new, email_key=new, asked_at=now, expires_at=now + DAY),
            FormerUsername(**whose, username=f"old{name}", username_key=f"old{name}", changed_at=now),
            RemovedAddress(**whose, email=was, email_key=was, role="backup", since=now, removed_at=now),
            Recovery(**whose, at=now, means="email", since=now),
            ReportableChange(**whose, kind=ChangeKind.PASSWORD, at=now, email=old, second_email=second),
            Profile(**whose, about_me=f"About {name}"),
            Avatar(**whose, content=b"<svg/>", media_type="image/svg+xml", digest="0" * 64, changed_at=now),
            Subscription(**whose),
            Digest(**whose, due_at=now + DAY),
        ]
    )
    db.flush()
    login = db.scalars(select(SignInSession.id).where(SignInSession.account_id == number)).one()
    rows = {"id": number, "post": said.id, "gone": gone.id, "login": login}
    return {"tag": name, **{what: str(row) for what, row in rows.items()}, "move": str(move.id), "wish": str(wish.id)}


def add_account(db: Session, site: RunningSite, name: str, house: int) -> Account:
    """Make somebody a member."""
    username, address = f"{name}{house}", f"{name}{house}@example.com"
    made = Account(
        username=username,
        username_key=username,
        email=address,
        email_key=address,
        password_hash=hash_of(PASSWORDS[name]),
        created_at=site.clock(),
    )
    db.add(made)
    db.flush()
    return made


def log_in(db: Session, site: RunningSite, account: Account) -> str:
    """Begin a login, and return its secret."""
    origin, now = Origin(lamp_of(account.username), "192.0.2.0/24"), site.clock()
    return insert_session(db, account, new_hash=None, remember=False, known_browser=True, origin=origin, now=now)

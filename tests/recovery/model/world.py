"""All there is in one sequence: the site, the account, and what its owner and the thief know and hold."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from microblog.auth import verify_password
from microblog.identity import Account, BackupEmail
from recovery.model.browser import Browser
from recovery.model.site import ModelSite

NAME = "olivia"
HOME, WORK = "olivia@home.example", "olivia@work.example"
THIEFS = tuple(f"mail{number}@thief.example" for number in (1, 2, 3))
COUNTS: Counter[str] = Counter()
"""How often each thing was done, or refused, in all sequences."""


STATE = {
    "the account": "SELECT * FROM accounts",
    "the backup email": "SELECT * FROM backup_emails",
    "recovery codes": "SELECT code_hash FROM recovery_codes ORDER BY id",
    "sessions": "SELECT id, secret_hash FROM sessions ORDER BY id",
    "recoveries": "SELECT count(*) FROM recoveries",
    "reportable changes": "SELECT count(*) FROM reportable_changes",
    "confirmations": "SELECT count(*) FROM confirmations",
    "the pending backup email": "SELECT * FROM pending_backup_emails",
    "changes of address": "SELECT * FROM address_changes ORDER BY id",
}
"""All that opens, changes or locks the account."""


@dataclass
class Person:
    """What somebody reads, knows and holds. Nothing of it is ever forgotten."""

    who: str
    ip: str
    mailboxes: tuple[str, ...]
    passwords: list[str] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    used_codes: list[str] = field(default_factory=list)


@dataclass
class World:
    """One sequence."""

    site: ModelSite
    owner: Person
    thief: Person
    visitor: Browser
    """A browser in which nobody ever signs in, for what anybody may ask for."""
    username: str = NAME
    codes_made_at: datetime | None = None
    """When the owner made the codes that they have on paper."""
    password: str | None = None
    """The password that opens the account; None where none does."""
    at_peace: bool = True
    """The owner came back, looked through everything, and the thief has not learned the password since."""
    first_address_left: datetime | None = None
    """Since when the account has been without the address of the sign-up."""
    once_good: set[str] = field(default_factory=set)
    """Every password that ever opened the account."""
    story: list[str] = field(default_factory=list)
    numbers: int = 0
    renames: int = 0

    def tell(self, words: object) -> None:
        """Add to the story."""
        self.story.append(f"{self.site.clock.now:%d %b %H:%M}  {words}")

    def count(self, what: str, *, done: object) -> None:
        """Count what was tried, and whether it worked."""
        COUNTS[f"{what}: {'done' if done else 'refused'}"] += 1

    def browser(self, person: Person) -> Browser:
        """Return a new browser of somebody, and keep it."""
        made = Browser(self.site.app, person.ip)
        person.browsers.append(made)
        return made

    def new_password(self, person: Person) -> str:
        """Invent a password that nobody else knows."""
        self.numbers += 1
        made = f"{person.who} invents phrase number {self.numbers}"
        person.passwords.append(made)
        return made

    def account(self) -> Mapping[str, Any]:
        """Return the account's row."""
        with self.site.database.reading() as session:
            row = session.execute(select(Account.__table__)).mappings().one()
        return dict(row)

    def refresh(self) -> None:
        """Find out which password opens the account now, what it is called, and whether it has its first address.

        A second goes by, for no two things that people do have the same moment.
        """
        self.site.clock.move(seconds=1)
        row = self.account()
        self.username = row["username"]
        known = [*reversed(self.thief.passwords), *reversed(self.owner.passwords)]
        if not (self.password and verify_password(row["password_hash"], self.password)):
            self.password = next((one for one in known if verify_password(row["password_hash"], one)), None)

        if self.password:
            self.once_good.add(self.password)
        if HOME in self.addresses():
            self.first_address_left = None
        elif self.first_address_left is None:
            self.first_address_left = self.site.clock()

    def addresses(self) -> list[str]:
        """Return the addresses of the account, the primary one first."""
        with self.site.database.reading() as session:
            return [*session.scalars(select(Account.email)), *session.scalars(select(BackupEmail.email))]

    def thief_has_password(self) -> bool:
        """Tell whether the thief knows the password of now."""
        return self.password is not None and self.password in self.thief.passwords

    def state(self) -> dict[str, object]:
        """Return all that opens, changes or locks the account, except when sessions were last used."""
        with self.site.database.reading() as session:
            ask = session.connection().exec_driver_sql
            return {what: [tuple(row) for row in ask(statement)] for what, statement in STATE.items()}


def new_world(site: ModelSite) -> World:
    """Begin a sequence: the owner signs up and confirms the first address."""
    site.begin()
    owner, thief = Person("owner", "192.0.2.10", (HOME,)), Person("thief", "198.51.100.66", THIEFS)
    world = World(site, owner, thief, Browser(site.app, "203.0.113.9"))
    password = world.new_password(owner)
    browser = world.browser(owner)
    browser.send("/register", username=NAME, email=HOME, password=password, password2=password)
    site.deliver()
    browser.submit(site.mailboxes.links(HOME)[-1])
    assert browser.sign_in(NAME, password)
    world.refresh()
    assert world.password == password
    return world

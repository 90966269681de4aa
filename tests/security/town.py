"""People, and what happened to them: every kind of page and letter has somebody who can see it."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select

from journeys.trial import wait_for
from microblog.identity import Account, BackupEmail
from microblog.mail import Email, State
from microblog.recovery.models import RecoveryCode
from microblog.web.deferred import deferred_writes
from support.letters import letter_to
from support.outbox import put_email
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Visitor

DELETED = 2  # the number of the post that can still be taken back
BOATS = "https://example.org/boats"
"""A link in a post: all that leads elsewhere."""
ERINS_NEW = "erin.new@example.com"
LINK = re.compile(r"https?://\S+")
READER = "whoever opened the letters"
MEMBERS = {"a member": "bobby", "an admin": "carol"}
ASKED = (
    ("an admin", "/reset_password_request", {"email": "carol"}),
    ("an admin", "/account/address", {"email": "carol.new@example.com", "current_password": PASSWORD}),
    ("a member", "/account/download", {"current_password": NEW_PASSWORD}),
    ("an admin", "/account/second-address", {"email": "carol.two@example.com", "current_password": PASSWORD}),
)
"""What members ask for that brings a letter: who, on which page, and what they type. New pages are added here."""
AFTER = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}


@dataclass(frozen=True)
class Town:
    """A site, the browsers of those who look at it, and every link that a letter held."""

    site: RunningSite
    people: dict[str, Visitor]
    links: list[str]

    @property
    def letters(self) -> list[str]:
        """The keys of the letters in the local mailbox."""
        text = self.site.visitor().get("/mailbox").text
        return re.findall(r'href="/mailbox/([^"/?]+)"', text)


def settle(site: RunningSite) -> Town:
    """Let some things happen, one of each kind that leaves a letter, a link or a button behind."""
    for number, name in enumerate(("alice", "bobby", "carol", "erin", "frank"), 1):
        site.sign_up(name)
        assert len(site.letters(number)) == number
    site.visitor().submit("/reset_password_request", email="bobby")
    used = links_of(site, 6)[-1]
    site.visitor().submit(used, follow=True, **AFTER)
    signed_in(site, "bobby", NEW_PASSWORD)  # a browser elsewhere, which others can end
    people = {
        "a stranger": site.visitor(),
        "a member": signed_in(site, "bobby", NEW_PASSWORD),
        "an admin": signed_in(site, "carol", PASSWORD),
        READER: site.visitor(),
    }
    gather(people["a member"], people["an admin"])
    move(site, signed_in(site, "erin", PASSWORD))
    signed_in(site, "frank", PASSWORD).submit("/account/delete", current_password=PASSWORD, sure="y")
    site.clock.move(minutes=12)  # letters that say who follows are gathered for ten
    people["a stranger"].submit("/reset_password_request", email="alice")
    dave = {"username": "dave", "email": "dave@example.com", "password": PASSWORD, "password2": PASSWORD}
    site.visitor().submit("/register", follow=True, **dave)
    for who, path, fields in ASKED:
        assert people[who].submit(path, follow=False, **fields).status == 303, (who, path)
    all_left(site)
    site.worker.stop()
    site._threads[1].join(10)
    open_letters(site, people)
    put_email(site.database, State.FAILED, "550 5.1.1 no such user")
    put_email(site.database, State.WAITING)
    put_email(site.database, State.HELD)
    add_second_address(site, "bobby")
    add_code(site, "bobby")
    bobby = people["a member"]
    bobby.post(f"/post/{DELETED}/delete", {"csrf_token": bobby.token_in(bobby.get("/index"))}, follow=False)
    deferred_writes(site.app).flush()
    return Town(site, people, links_of(site, 7))


def gather(bobby: Visitor, carol: Visitor) -> None:
    """Let two members say something to each other, and one follow the other."""
    for text in ("Good morning, @carol!", "Never mind.", f"See {BOATS}"):
        bobby.submit("/index", post=text)
    carol.post("/follow/bobby", {"csrf_token": carol.token_in(carol.get("/index"))})


def move(site: RunningSite, erin: Visitor) -> None:
    """Let a member move to another address, which their old one can take back."""
    erin.submit("/account/address", email=ERINS_NEW, current_password=PASSWORD)
    link = link_in(letter_to(site, ERINS_NEW, "Confirm Your New Address").text)
    assert "has the address" in erin.submit(link).words


def add_code(site: RunningSite, username: str) -> None:
    """Give a member a recovery code, which nobody knows."""
    with site.database.writing() as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        session.add(RecoveryCode(account_id=account.id, code_hash="of nobody", made_at=site.clock()))


def add_second_address(site: RunningSite, username: str) -> None:
    """Give a member a second address."""
    address = f"{username}.two@example.com"
    with site.database.writing() as session:
        owner = session.scalars(select(Account.id).where(Account.username == username)).one()
        session.add(BackupEmail(account_id=owner, email=address, email_key=address, added_at=site.clock()))


def all_left(site: RunningSite) -> None:
    """Wait until every letter has left or ended otherwise."""

    def done() -> bool:
        still = select(func.count()).where(Email.state.in_([State.WAITING, State.SENDING]))
        with site.database.reading() as session:
            return not session.scalar(still)

    wait_for(done)


def open_letters(site: RunningSite, people: dict[str, Visitor]) -> None:
    """Let members open the links of their own letters, and somebody those of all."""
    for letter in site.letters(7):
        readers = [READER]
        readers += [who for who, name in MEMBERS.items() if name in str(letter.summary.to)]
        for link in LINK.findall(letter.text):
            for who in readers:
                people[who].get(link)


def links_of(site: RunningSite, letters: int) -> list[str]:
    """Return every link of the letters, once there are so many, the first of the oldest first."""
    return [link for letter in site.letters(letters) for link in LINK.findall(letter.text)]


def signed_in(site: RunningSite, name: str, password: str) -> Visitor:
    """Return the browser of somebody who is signed in."""
    visitor = site.visitor()
    assert visitor.sign_in(name, password).title == f"Hi, {name}!"
    return visitor

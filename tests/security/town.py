"""People, and what happened to them: every kind of page and letter has somebody who can see it."""

import re
from dataclasses import dataclass

from microblog.mail import State
from support.outbox import put_letter
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Visitor

LINK = re.compile(r"https?://\S+")
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
    """Let some things happen. Whoever adds a letter or a link to the product adds here how it comes about."""
    for number, name in enumerate(("alice", "bobby", "carol"), 1):
        site.sign_up(name)
        assert len(site.letters(number)) == number
    site.visitor().submit("/reset_password_request", email="bobby")
    used = links_of(site, 4)[-1]
    site.visitor().submit(used, follow=True, **AFTER)
    site.visitor().submit("/reset_password_request", email="alice")
    dave = {"username": "dave", "email": "dave@example.com", "password": PASSWORD, "password2": PASSWORD}
    site.visitor().submit("/register", follow=True, **dave)
    links = links_of(site, 7)
    site.worker.stop()
    site._threads[1].join(10)
    put_letter(site.database, State.FAILED, "550 5.1.1 no such user")
    put_letter(site.database, State.WAITING)
    opened = site.visitor()
    for link in links:
        opened.get(link)
    people = {
        "a stranger": site.visitor(),
        "a member": signed_in(site, "bobby", NEW_PASSWORD),
        "an admin": signed_in(site, "carol", PASSWORD),
        "whoever opened the letters": opened,
    }
    return Town(site, people, links)


def links_of(site: RunningSite, letters: int) -> list[str]:
    """Return every link of the letters, once there are so many, the first of the oldest first."""
    return [link for letter in site.letters(letters) for link in LINK.findall(letter.text)]


def signed_in(site: RunningSite, name: str, password: str) -> Visitor:
    """Return the browser of somebody who is signed in."""
    visitor = site.visitor()
    assert visitor.sign_in(name, password).title == f"Hi, {name}!"
    return visitor

"""What Olivia and a thief do by the pages, each in one line."""

import re

from sqlalchemy import select

from microblog.identity import Account, BackupEmail
from recovery.model.browser import Browser, Page
from recovery.model.site import ModelSite

HOME, WORK = "olivia@home.example", "olivia@work.example"
THIEF, OTHER = "mail1@thief.example", "mail2@thief.example"
OLD, NEW, THIEFS = "a quiet evening by the river", "seven small boats in the fog", "a raven on the rooftop"
RESET, NOT_ME, TAKE_BACK = "/reset_password/", "/not-me/", "/account/address/back/"


def browser(site: ModelSite) -> Browser:
    """Return a browser that has been nowhere."""
    return Browser(site.app, "192.0.2.10")


def signed_in(site: ModelSite, password: str) -> Browser:
    """Return a browser that is signed in as Olivia."""
    made = browser(site)
    assert made.sign_in("olivia", password)
    return made


def link(site: ModelSite, to: str, start: str) -> str:
    """Return the newest link of a kind in a mailbox."""
    site.deliver()
    return site.mailboxes.links(to, start=start)[-1]


def press(site: ModelSite, pressed: str) -> Page:
    """Open a link, tick the box and press the button."""
    page = browser(site).submit(pressed, sure="y")
    site.deliver()
    return page


def choose(site: ModelSite, to: str, password: str) -> Browser:
    """Choose a password by the newest link in a mailbox, and sign in."""
    page = browser(site).submit(link(site, to, RESET), password=password, password2=password)
    assert page.leads_on
    site.deliver()
    return signed_in(site, password)


def ask_for_reset(site: ModelSite, name: str) -> None:
    """Ask for a reset email, a while after any other."""
    site.clock.move(minutes=2)
    browser(site).submit("/reset_password_request", email=name)
    site.deliver()


def move(site: ModelSite, who: Browser, address: str, password: str) -> None:
    """Change the account's address, a minute after whatever was done before."""
    site.clock.move(minutes=1)
    who.submit("/account/address", current_password=password, email=address)
    who.submit(link(site, address, "/account/address/confirm/"))
    site.deliver()
    assert addresses(site)[0] == address


def add_backup(site: ModelSite, who: Browser, address: str, password: str) -> None:
    """Add a backup email."""
    who.submit("/account/second-address", current_password=password, email=address)
    who.submit(link(site, address, "/account/second-address/confirm/"))
    site.deliver()
    assert address in addresses(site)


def make_codes(who: Browser, password: str) -> list[str]:
    """Make recovery codes."""
    page = who.submit("/account/recovery-codes", current_password=password)
    return re.findall(r"<code>([0-9A-Z-]{29})</code>", page.text)


def change_password(site: ModelSite, who: Browser, before: str, after: str) -> None:
    """Change the password while signed in."""
    page = who.submit("/account/password", current_password=before, password=after, password2=after)
    assert page.leads_on
    site.deliver()


def tick(site: ModelSite, who: Browser, password: str, *not_mine: str) -> Page:
    """Remove what is not Olivia's on the page "Is all of this yours?"."""
    page = who.submit("/account/review", current_password=password, **dict.fromkeys(not_mine, "y"))
    site.deliver()
    return page


def addresses(site: ModelSite) -> list[str]:
    """Return the account's addresses, the first one first."""
    with site.database.reading() as db:
        return [*db.scalars(select(Account.email)), *db.scalars(select(BackupEmail.email))]


def links_of_thief(site: ModelSite) -> list[str]:
    """Return every link that ever reached the thief."""
    site.deliver()
    return site.mailboxes.links(THIEF, OTHER)


def opens(site: ModelSite, code: str) -> bool:
    """Tell whether a recovery code opens the account."""
    fields = {"username": "olivia", "code": code, "password": THIEFS, "password2": THIEFS}
    return browser(site).submit("/recovery_code", **fields).leads_on

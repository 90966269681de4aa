"""Links of emails, followed as a person would: opened, every box ticked, every field filled in, the button pressed."""

from microblog.web import pages
from recovery.model.browser import Browser, Page
from recovery.model.world import Person, World

RESET, NOT_ME = pages.RESET + "/", pages.NOT_ME + "/"
TAKE_BACK, MOVE = pages.TAKE_BACK_ADDRESS + "/", pages.CHANGE_ADDRESS + "/"
CONFIRM_BACKUP, CONFIRM = pages.CONFIRM_SECOND + "/", pages.CONFIRM + "/"
KEEP = f"{pages.KEEP_ACCOUNT}/"
DELETION_CAN_BE_UNDONE = bool(KEEP)
KINDS = tuple(filter(None, (RESET, NOT_ME, TAKE_BACK, MOVE, CONFIRM_BACKUP, CONFIRM, KEEP)))


def kind_of(link: str) -> str:
    """Return how links of the same kind begin."""
    return next((kind for kind in KINDS if link.startswith(kind)), "/")


def fill_in(world: World, person: Person) -> dict[str, str]:
    """Return what somebody types into any form that a link leads to."""
    new = world.new_password(person)
    known = next((one for one in reversed(person.passwords) if one == world.password), person.passwords[0])
    return {"sure": "y", "password": new, "password2": new, "current_password": known}


def press(world: World, person: Person, link: str, browser: Browser | None = None) -> Page:
    """Open a link and press its button; by default in a browser that has been nowhere."""
    browser = browser or Browser(world.site.app, person.ip)
    page = browser.get(link)
    if page.path == "/login" and (known := password_of(world, person)):
        browser.sign_in(world.username, known)  # a link that wants its reader to sign in first
        page = browser.get(link)
    if page.status == 200 and page.token and page.path != "/login":
        page = browser.post(page.path, {"csrf_token": page.token, **fill_in(world, person)})
        world.site.deliver()
        world.refresh()
    return page


def password_of(world: World, person: Person) -> str | None:
    """Return the account's password if somebody knows it."""
    return world.password if world.password in person.passwords else None


def newest(world: World, person: Person, start: str, since: int = 0) -> str | None:
    """Return the newest link of a kind that somebody got after so many emails."""
    mine = [mail for mail in world.site.mailboxes.mails[since:] if mail.to in person.mailboxes]
    found = [link for mail in mine for link in mail.links if link.startswith(start)]
    return found[-1] if found else None

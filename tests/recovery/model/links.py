"""Links of emails, followed as a person would: opened, every box ticked, every field filled in, the button pressed."""

from microblog.auth import CONFIRM_LINK
from microblog.contact import BACKUP_EMAIL_LINK, CHANGE_ADDRESS_LINK, TAKE_BACK_LINK
from microblog.ownership import REPORT_LINK
from microblog.personal_data import KEEP_LINK
from microblog.recovery import RESET_LINK
from recovery.model.browser import Browser, Page
from recovery.model.world import Person, World

RESET, NOT_ME = RESET_LINK.page + "/", REPORT_LINK.page + "/"
TAKE_BACK, MOVE = TAKE_BACK_LINK.page + "/", CHANGE_ADDRESS_LINK.page + "/"
CONFIRM_BACKUP, CONFIRM = BACKUP_EMAIL_LINK.page + "/", CONFIRM_LINK.page + "/"
KEEP = KEEP_LINK.page + "/"
DELETION_CAN_BE_UNDONE = bool(KEEP)
KINDS = (RESET, NOT_ME, TAKE_BACK, MOVE, CONFIRM_BACKUP, CONFIRM, KEEP)


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

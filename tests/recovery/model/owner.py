"""How the owner comes back. They read the mailboxes they had before the trouble, and have their codes on paper."""

import re
from collections.abc import Callable
from datetime import datetime

from microblog.links import Links
from microblog.recovery.by_operator import recover
from recovery.model import links
from recovery.model.browser import Browser, Page
from recovery.model.thief import CODE
from recovery.model.world import HOME, WORK, World

ITEM = re.compile(r'id="what-(\w+)">(.*?)<time datetime="([^"]+)"', re.DOTALL)


def told(world: World, deed: str, page: Page | str, *, done: bool) -> bool:
    """Put a deed into the story."""
    world.site.deliver()
    world.refresh()
    world.count(f"owner: {deed.partition(':')[0]}", done=done)
    world.tell(f"The owner {deed} {'' if done else '- in vain'} ({page})")
    return done


def choose(world: World, link: str | None, deed: str) -> bool:
    """Choose a new password by a link, and sign in."""
    if link is None:
        return told(world, deed, "no email came", done=False)
    new = world.new_password(world.owner)
    page = Browser(world.site.app, world.owner.ip).submit(link, password=new, password2=new)
    return told(world, deed, page, done=sign_in(world, new))


def sign_in(world: World, password: str) -> bool:
    """Sign in with a new browser."""
    return world.browser(world.owner).sign_in(username_read(world), password)


def username_read(world: World) -> str:
    """Return the username as the owner knows it: the first one still works, whatever it was changed to."""
    return world.username


def by_email(world: World, name: str, mailbox: str) -> bool:
    """Wait a minute, for the same asked twice is one email; ask for a reset email and use it."""
    world.site.clock.move(seconds=61)
    start = len(world.site.mailboxes.mails)
    world.visitor.send("/reset_password_request", email=name)
    world.site.deliver()
    mails = [mail for mail in world.site.mailboxes.mails[start:] if mail.to == mailbox]
    found = [link for mail in mails for link in mail.links if link.startswith(links.RESET)]
    return choose(world, found[-1] if found else None, f"resets the password by email: {name} at {mailbox}")


def by_code(world: World) -> bool:
    """Use a recovery code from paper."""
    if not world.owner.codes:
        return False
    code = world.owner.codes.pop()
    new = world.new_password(world.owner)
    fields = {"username": username_read(world), "code": code, "password": new, "password2": new}
    page = world.visitor.send("/recovery_code", **fields)
    return told(world, "uses a recovery code", page, done=page.leads_on and sign_in(world, new))


def dispute(world: World, link: str) -> Page:
    """Press a link, and see that none of what it mails is a way in for the thief."""
    before = len(world.site.mailboxes.mails)
    page = links.press(world, world.owner, link)
    assert links.newest(world, world.thief, links.RESET, before) is None, "the owner's word mailed the thief a way in"
    return page


def by_link(world: World, start: str, mailbox: str, *, oldest: bool = False) -> bool:
    """Press "take it back" or "this wasn't me" in one mailbox, and use the reset email that follows."""
    kept = world.site.mailboxes.links(mailbox, start=start)
    for link in kept if oldest else reversed(kept):
        before = len(world.site.mailboxes.mails)
        page = dispute(world, link)
        way_in = links.newest(world, world.owner, links.RESET, before)
        if way_in:
            told(world, f"presses a link {start}: in {mailbox}", page, done=True)
            return choose(world, way_in, f"comes back by a link {start}: in {mailbox}")
    return told(world, f"comes back by a link {start}: in {mailbox}", "none works", done=False)


def by_email_in_hand(world: World) -> bool:
    """Use a reset email that is in one of their mailboxes already, the newest first."""
    kept = world.site.mailboxes.links(*world.owner.mailboxes, start=links.RESET)
    return any(choose(world, link, "uses a reset email that came before") for link in reversed(kept[-4:]))


def by_administrator(world: World) -> bool:
    """Have an administrator make a link, as the command does."""
    with world.site.database.writing() as session:
        made = recover(session, Links(world.site.settings), HOME_NAME, "root", world.site.clock())
    world.site.deliver()
    return choose(
        world, made.link.removeprefix(str(world.site.settings.public_url)), "comes back by an administrator's link"
    )


def by_password(world: World) -> bool:
    """Sign in with a password that still works, choose another one, and sign everybody else out."""
    password = links.password_of(world, world.owner)
    if password is None or not sign_in(world, password):
        return False
    new, browser = world.new_password(world.owner), world.owner.browsers[-1]
    page = browser.send("/account/password", current_password=password, password=new, password2=new)
    return told(world, "signs in and changes the password", page, done=page.leads_on)


def press_any(world: World, pick: int) -> bool:
    """Press a link in one of their mailboxes, and leave it at that."""
    kept = [link for link in world.site.mailboxes.links(*world.owner.mailboxes) if link.startswith(OWN_LINKS)]
    if not kept:
        return False
    link = kept[-1 - pick % len(kept)]
    before = world.state()
    page = dispute(world, link)
    deed = f"presses a link {links.kind_of(link)}: ...{link[-6:]} and leaves it at that"
    return told(world, deed, page, done=world.state() != before)


def review(world: World) -> None:
    """Use the page "Is all of this yours?", and tick whatever is not."""
    browser, password = world.owner.browsers[-1], world.password
    assert password is not None
    page = browser.get("/account/review")
    strange = not_theirs(world, page)
    token = {"csrf_token": page.token}
    if strange:
        fields = token | dict.fromkeys(strange, "y") | {"current_password": password}
        page = browser.post("/account/review", fields)
    elif "/account/review/mine" in page.text:
        page = browser.post("/account/review/mine", token)
    told(world, f"looks through everything: not theirs: {', '.join(strange) or 'nothing'}", page, done=True)
    assert page.status == 200 or page.leads_on, f"the page “Is all of this yours?” was refused: {page}"


def remove_backup(world: World) -> bool:
    """Remove a backup email that is not theirs on its own page, as somebody does who has not seen the other one."""
    browser, found = world.owner.browsers[-1], world.addresses()[1:]
    if not found or found[0] in world.owner.mailboxes or world.password is None:
        return False
    page = browser.submit("/account/second-address/remove", current_password=world.password)
    assert page.leads_on, f"removing a backup email was refused: {page}"
    return told(world, "removes the backup email on its page", page, done=True)


def not_theirs(world: World, page: Page) -> list[str]:
    """Return which of the things on the page are not the owner's."""
    found = []
    for kind, words, at in ITEM.findall(page.text):
        mine = any(mailbox in words for mailbox in world.owner.mailboxes)
        if kind == "codes":
            mine = datetime.fromisoformat(at) == world.codes_made_at
        if not mine:
            found.append(kind)
    return found


def make_codes(world: World) -> bool:
    """Make recovery codes, and print them."""
    browser = world.owner.browsers[-1]
    page = browser.send("/account/recovery-codes", current_password=world.password or "")
    found = CODE.findall(page.text)
    if found:
        world.owner.codes, world.codes_made_at = found, world.site.clock()
    return told(world, "makes recovery codes", page, done=bool(found))


def add_backup(world: World) -> bool:
    """Add their other mailbox as the backup email."""
    browser = world.owner.browsers[-1]
    browser.send("/account/second-address", current_password=world.password or "", email=WORK)
    world.site.deliver()
    page = browser.submit(world.site.mailboxes.links(WORK, start=links.CONFIRM_BACKUP)[-1])
    world.owner.mailboxes = (HOME, WORK)
    return told(world, "adds a backup email", page, done=WORK in world.addresses())


HOME_NAME = "olivia"
OWN_LINKS = (links.NOT_ME, links.TAKE_BACK, *((links.KEEP,) if links.KEEP else ()))
Way = Callable[[World], bool]
WAYS: dict[str, Way] = {
    "email to the first address": lambda world: by_email(world, HOME, HOME),
    "email by the username": lambda world: by_email(world, username_read(world), HOME),
    "email to the backup email": lambda world: by_email(world, WORK, WORK),
    "email in hand": by_email_in_hand,
    "recovery code": by_code,
    "take-back": lambda world: by_link(world, links.TAKE_BACK, HOME),
    "oldest take-back": lambda world: by_link(world, links.TAKE_BACK, HOME, oldest=True),
    "take-back in the backup mailbox": lambda world: by_link(world, links.TAKE_BACK, WORK),
    "not me": lambda world: by_link(world, links.NOT_ME, HOME),
    "oldest not me": lambda world: by_link(world, links.NOT_ME, HOME, oldest=True),
    "not me in the backup mailbox": lambda world: by_link(world, links.NOT_ME, WORK),
}
"""What an owner can do alone."""
DISPUTES = {way for way in WAYS if "take-back" in way or "not me" in way}
"""Those that say somebody else was in the account: they undo everything at once, before anything is looked through."""

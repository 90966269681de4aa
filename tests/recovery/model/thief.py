"""What a thief may do who knows the password now and then, and reads mailboxes of their own. Each deed is tried."""

import re

from recovery.model import links
from recovery.model.browser import Browser, Page
from recovery.model.world import THIEFS, World

CODE = re.compile(r"<code>([0-9A-Z-]{29})</code>")

MOST_RENAMES = 8


def signed_in(world: World) -> Browser:
    """Return a browser of the thief's that is signed in, if any can be; otherwise one that is not."""
    for browser in reversed(world.thief.browsers[-3:]):
        if browser.is_signed_in():
            return browser
    browser = world.browser(world.thief)
    if world.thief_has_password() and world.password:
        browser.sign_in(world.username, world.password)
    return browser


def finish(world: World, deed: str, page: Page, *, done: bool) -> bool:
    """Deliver what the deed caused, and put it into the story."""
    world.site.deliver()
    world.refresh()
    world.at_peace = world.at_peace and not done
    world.count(f"thief: {deed.partition(':')[0]}", done=done)
    world.tell(f"The thief {deed} {'' if done else '- refused'} ({page})")
    return done


def known(world: World) -> str:
    """Return the best guess at the password."""
    return world.password if world.thief_has_password() and world.password else world.thief.passwords[-1]


def sign_in(world: World) -> bool:
    """Sign in with one more browser."""
    browser = world.browser(world.thief)
    done = browser.sign_in(world.username, known(world))
    return finish(world, "signs in", browser.get("/account"), done=done)


def change_password(world: World) -> bool:
    """Choose another password."""
    browser, before, new = signed_in(world), known(world), world.new_password(world.thief)
    page = browser.send("/account/password", current_password=before, password=new, password2=new)
    return finish(world, "changes the password", page, done=page.leads_on)


def ask_for_address(world: World, mailbox: str) -> bool:
    """Ask for another address, and confirm the asking where that is wanted."""
    start = len(world.site.mailboxes.mails)
    page = signed_in(world).send("/account/address", current_password=known(world), email=mailbox)
    done = finish(world, f"asks for another address: {mailbox}", page, done=page.leads_on)
    if link := links.newest(world, world.thief, links.CONFIRM, start):
        page = links.press(world, world.thief, link, signed_in(world))
        finish(world, "confirms what was asked for", page, done=True)
    return done


def complete_address(world: World, *, signed_in_here: bool) -> bool:
    """Complete the change of address by the newest link."""
    link = links.newest(world, world.thief, links.MOVE)
    if link is None:
        return False
    before = world.addresses()
    page = links.press(world, world.thief, link, signed_in(world) if signed_in_here else None)
    return finish(world, "completes the change of address", page, done=world.addresses() != before)


def move_to(world: World, mailbox: str) -> bool:
    """Change the address, all of it."""
    return ask_for_address(world, mailbox) and complete_address(world, signed_in_here=True)


def ask_for_backup(world: World, mailbox: str) -> bool:
    """Name a backup email."""
    page = signed_in(world).send("/account/second-address", current_password=known(world), email=mailbox)
    return finish(world, f"names a backup email: {mailbox}", page, done=page.leads_on)


def confirm_backup(world: World) -> bool:
    """Confirm the backup email by the newest link."""
    link = links.newest(world, world.thief, links.CONFIRM_BACKUP)
    if link is None:
        return False
    before = world.addresses()
    page = links.press(world, world.thief, link, signed_in(world))
    return finish(world, "confirms the backup email", page, done=world.addresses() != before)


def remove_backup(world: World) -> bool:
    """Remove whatever backup email there is."""
    before = world.addresses()
    page = signed_in(world).send("/account/second-address/remove", current_password=known(world))
    return finish(world, "removes the backup email", page, done=world.addresses() != before)


def make_codes(world: World) -> bool:
    """Make recovery codes in place of whatever there were."""
    page = signed_in(world).send("/account/recovery-codes", current_password=known(world))
    found = CODE.findall(page.text)
    world.thief.codes += found
    return finish(world, "makes recovery codes", page, done=bool(found))


def use_code(world: World, pick: int) -> bool:
    """Use a recovery code they made."""
    if not world.thief.codes:
        return False
    code, new = world.thief.codes[-1 - pick % len(world.thief.codes)], world.new_password(world.thief)
    fields = {"username": world.username, "code": code, "password": new, "password2": new}
    page = world.visitor.send("/recovery_code", **fields)
    done = page.leads_on
    return finish(world, "uses a recovery code", page, done=done)


def ask_for_reset(world: World, name: str) -> str | None:
    """Ask for a reset email; return the link where one reached a mailbox of the thief's."""
    start = len(world.site.mailboxes.mails)
    page = world.visitor.send("/reset_password_request", email=name)
    world.site.deliver()
    link = links.newest(world, world.thief, links.RESET, start)
    finish(world, f"asks for a reset: of {name}", page, done=link is not None)
    return link


def reset(world: World, name: str) -> bool:
    """Ask for a reset email and use it."""
    link = ask_for_reset(world, name)
    return link is not None and use_link(world, link)


def use_link(world: World, link: str) -> bool:
    """Press the button behind a link, whatever it is for."""
    before = world.state()
    page = links.press(world, world.thief, link)
    return finish(world, f"uses a link {links.kind_of(link)}: ...{link[-6:]}", page, done=world.state() != before)


def use_kept_link(world: World, pick: int) -> bool:
    """Use any link that ever reached one of the thief's mailboxes, the later ones first."""
    kept = world.site.mailboxes.links(*THIEFS)
    return bool(kept) and use_link(world, kept[-1 - pick % len(kept)])


def rename(world: World, pick: int) -> bool:
    """Change the username, a few times: ten a day are allowed, and that limit can't be switched off."""
    if world.renames == MOST_RENAMES:
        return False
    world.renames += 1
    page = signed_in(world).send("/edit_profile", username=f"renamed{pick % 3}", about_me="")
    return finish(world, "changes the username", page, done=page.leads_on)


def review(world: World, *, keep: bool) -> bool:
    """Use the page "Is all of this yours?" as if the account were theirs: keep all of it, or tick all of it."""
    browser = signed_in(world)
    page = browser.get("/account/review")
    if not page.token:
        return False
    fields = {"csrf_token": page.token}
    if keep:
        page = browser.post("/account/review/mine", fields)
    else:
        every = {"email": "y", "backup": "y", "codes": "y", "current_password": known(world)}
        page = browser.post("/account/review", fields | every)
    deed = f"says that {'all' if keep else 'nothing'} of it is theirs"
    return finish(world, deed, page, done=page.leads_on)


def sign_others_out(world: World) -> bool:
    """Sign every other browser out."""
    browser = signed_in(world)
    page = browser.post("/account/logins/end-others", {"csrf_token": browser.get("/account/password").token})
    return finish(world, "signs everybody else out", page, done=page.leads_on)


def delete(world: World) -> bool:
    """Ask for the account's deletion, and confirm it where that is wanted."""
    start = len(world.site.mailboxes.mails)
    page = signed_in(world).send("/account/delete", current_password=known(world), sure="y")
    done = finish(world, "asks for the deletion", page, done=page.leads_on)
    if link := links.newest(world, world.thief, links.CONFIRM, start):
        page = links.press(world, world.thief, link, signed_in(world))
        finish(world, "confirms the deletion", page, done=True)
    return done

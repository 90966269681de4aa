"""The invariant: once the owner is back and has looked through everything, nothing the thief has does anything."""

from microblog.auth import verify_password
from recovery.model import links
from recovery.model.browser import Browser
from recovery.model.world import THIEFS, World


def thief_tries_everything(world: World, *, all_codes: bool = False) -> None:
    """Try all that the thief ever had, and check after each try that nothing has changed."""
    before, mails = world.state(), len(world.site.mailboxes.mails)
    try_passwords(world, before)
    try_sessions(world, before)
    try_codes(world, before, every=all_codes)
    for link in dict.fromkeys(world.site.mailboxes.links(*THIEFS)):
        page = links.press(world, world.thief, link)
        check(world, before, f"the thief's old link {link[:-12]} ({page})")
    for name in (world.username, *THIEFS):
        world.visitor.send("/reset_password_request", email=name)
        world.site.clock.move(seconds=61)
        world.site.deliver()
    came = [mail for mail in world.site.mailboxes.mails[mails:] if mail.to in THIEFS and mail.links]
    assert not came, f"a link reached the thief: {came[0].to} “{came[0].subject}”"
    check(world, before, "asking for reset emails")
    assert world.password in world.owner.passwords, "the owner's password does not open the account"
    assert world.owner.browsers[-1].is_signed_in(), "the owner was signed out"
    assert not set(THIEFS) & set(world.addresses()), "the account has an address of the thief's"


def check(world: World, before: dict[str, object], what: str) -> None:
    """Fail where anything has changed."""
    after = world.state()
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert not changed, f"{what} changed {changed}"


def try_passwords(world: World, before: dict[str, object]) -> None:
    """Check every password the thief ever knew, and sign in with the newest that once was the account's."""
    kept = world.account()["password_hash"]
    assert not any(verify_password(kept, one) for one in world.thief.passwords), "the thief knows the password"
    opened = [one for one in world.thief.passwords if one in world.once_good]
    browser = Browser(world.site.app, world.thief.ip)
    assert not browser.sign_in(world.username, opened[-1]), "the thief can sign in"
    check(world, before, "signing in")


def try_sessions(world: World, before: dict[str, object]) -> None:
    """Use every browser that was ever signed in, and whatever link it has opened."""
    for browser in world.thief.browsers:
        assert not browser.is_signed_in(), "a session of the thief's has outlived the owner's return"
        for start in {links.kind_of(link) for link in browser.opened}:
            token = browser.get("/login").token
            page = browser.post(start.rstrip("/"), {"csrf_token": token, **links.fill_in(world, world.thief)})
            check(world, before, f"{start} in a browser that had opened a link ({page})")


def try_codes(world: World, before: dict[str, object], *, every: bool) -> None:
    """Use the recovery codes the thief made: one unused and one used of each ten, or all of them."""
    codes = world.thief.codes if every else [*world.thief.codes[::10], *world.thief.codes[9::10]]
    for code in codes:
        new = world.new_password(world.thief)
        fields = {"username": world.username, "code": code, "password": new, "password2": new}
        page = world.visitor.send("/recovery_code", **fields)
        check(world, before, f"the thief's recovery code ({page})")

"""Each deed of a thief against each way back, one pair after the other: quicker than chance at what breaks easily."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from recovery.model import links, owner, thief
from recovery.model.everything import thief_tries_everything
from recovery.model.site import ModelSite
from recovery.model.world import HOME, THIEFS, World, new_world

Deed = Callable[[World], object]
ONE, TWO, _ = THIEFS


def add_backup(world: World, mailbox: str = TWO) -> None:
    """Put the thief's backup email in place of whatever there is."""
    thief.remove_backup(world)
    thief.ask_for_backup(world, mailbox)
    thief.confirm_backup(world)


def move(world: World) -> None:
    """Change the address to the thief's."""
    thief.move_to(world, ONE)


DEEDS: dict[str, tuple[Deed, ...]] = {
    "signs in": (thief.sign_in,),
    "changes the password": (thief.change_password,),
    "adds a backup email": (add_backup,),
    "adds a backup email and resets by it": (add_backup, lambda world: thief.reset(world, TWO)),
    "adds a backup email and has asked for a reset": (add_backup, lambda world: thief.ask_for_reset(world, TWO)),
    "removes the backup email": (thief.remove_backup,),
    "makes codes": (thief.make_codes,),
    "adds a backup email and makes codes": (add_backup, thief.make_codes),
    "makes codes and uses one": (thief.make_codes, lambda world: thief.use_code(world, 0)),
    "moves": (move,),
    "moves and changes the password": (move, thief.change_password),
    "moves twice": (move, lambda world: thief.move_to(world, TWO)),
    "adds a backup email and moves": (add_backup, move),
    "moves and adds a backup email": (move, add_backup, thief.change_password),
    "makes codes and moves": (thief.make_codes, move),
    "has asked for a move": (lambda world: thief.ask_for_address(world, ONE),),
    "has named a backup email": (thief.remove_backup, lambda world: thief.ask_for_backup(world, TWO)),
    "moves to what was the backup email": (add_backup, lambda world: thief.move_to(world, TWO), thief.change_password),
    "adds a backup email and reports the owner": (
        add_backup,
        lambda world: owner.by_email(world, HOME, HOME),
        lambda world: thief.use_link(world, links.newest(world, world.thief, links.NOT_ME) or ""),
    ),
    "comes back after the owner did": (
        add_backup,
        lambda world: owner.by_email(world, HOME, HOME),
        lambda world: thief.reset(world, TWO),
    ),
}
WAYS: dict[str, owner.Way] = {
    **owner.WAYS,
    "administrator": owner.by_administrator,
    "password": lambda world: world.addresses()[0] in world.owner.mailboxes and owner.by_password(world),
}


NEED_MORE = {way for way in WAYS if "backup" in way or way == "recovery code"}
"""The ways of an owner who has a backup email and codes on paper. All others have nothing but the first address."""
AGES = (timedelta(days=20), timedelta(days=3))
Pair = tuple[str, str, timedelta]


def pairs() -> Iterator[Pair]:
    """Yield every deed with every way back, those that differ in both first, on older and younger accounts in turn."""
    deeds, ways = list(DEEDS), list(WAYS)
    for shift in range(len(ways)):
        for number, deed in enumerate(deeds):
            yield deed, ways[(number + shift) % len(ways)], AGES[(number + shift) % len(AGES)]


def play(site: ModelSite, deed: str, way: str, age: timedelta) -> World:
    """Have the thief do something, the owner come back, and the thief try everything.

    Where the way is none after this deed, the owner takes the first that is.
    """
    world = new_world(site)
    if way in NEED_MORE:
        assert owner.add_backup(world)
        assert owner.make_codes(world)
    site.clock.move(seconds=age.total_seconds())
    assert world.password
    world.thief.passwords.append(world.password)
    for do in DEEDS[deed]:
        do(world)
        site.clock.move(minutes=2)
    if not WAYS[way](world):
        assert way != "email to the first address" or HOME not in world.addresses(), "no email came to the owner"
        assert any(other(world) for other in owner.WAYS.values()), "the owner cannot come back"
    elif way in owner.DISPUTES:
        thief_tries_everything(world)
    owner.review(world)
    thief_tries_everything(world)
    return world

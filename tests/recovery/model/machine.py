"""The state machine: a thief and an owner act in random order, each deed and each way back by the real pages.

Two invariants. Once the owner is back and has looked through "Is all of this yours?", nothing the thief ever had opens,
changes or locks the account; where they came back by "this wasn't me" or a take-back, already before they look. And at
every moment the owner can come back by what they hold or can ask for: they read the mailbox of the address they signed
up with, and perhaps an older backup email and printed codes.

What the documents promise has bounds in time, and so has the model: a sequence ends before what a thief added is 14
days old, and the owner does something within a week after the first address was removed. Who comes back by other means
while it is removed looks through the page: such a return ends the links to take it back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ClassVar, cast

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from recovery.model import links, owner, thief
from recovery.model.browser import Browser
from recovery.model.everything import thief_tries_everything
from recovery.model.site import ModelSite
from recovery.model.world import COUNTS, HOME, THIEFS, WORK, World, new_world

LONGEST = timedelta(days=13)
WITHOUT_FIRST_ADDRESS = timedelta(days=6, hours=12)
UNTIL_DELETED = timedelta(days=2, hours=12)
PAUSES = [timedelta(minutes=1), timedelta(minutes=11), timedelta(minutes=61), timedelta(hours=25), timedelta(days=3)]
PICK = st.integers(0, 30)
MAILBOX = st.sampled_from(THIEFS)
Step = Callable[..., Any]


def step(**drawn: Any) -> Callable[[Step], Step]:
    """Make a rule, and count how often it runs."""

    def counted(do: Step) -> Step:
        @wraps(do)
        def run(self: "Takeover", **more: object) -> None:
            COUNTS[f"step {do.__name__}"] += 1
            do(self, **more)

        return cast("Step", rule(**drawn)(run))  # type: ignore[no-untyped-call]

    return counted


class Takeover(RuleBasedStateMachine):
    """A thief who learns the password, and an owner who comes back."""

    site: ClassVar[ModelSite]
    world: World
    ways: list[str]
    began: datetime

    @initialize(
        age=st.sampled_from([timedelta(minutes=5), timedelta(days=3), timedelta(days=20)]),
        backup=st.booleans(),
        codes=st.booleans(),
        ways=st.permutations(list(owner.WAYS)),
    )
    def begin(self, age: timedelta, ways: list[str], *, backup: bool, codes: bool) -> None:
        """Have the owner use the account for a while, and then the thief learn the password."""
        COUNTS["sequences"] += 1
        self.world, self.ways = new_world(self.site), ways
        if backup:
            assert owner.add_backup(self.world)
        if codes:
            assert owner.make_codes(self.world)
        self.site.clock.move(seconds=age.total_seconds())
        self.world.owner.browsers[-1].sign_in(self.world.username, self.world.password or "")
        self.began = self.site.clock()
        self.learn_password()

    def learn_password(self) -> None:
        """Show the thief the password."""
        if self.world.password:
            self.world.thief.passwords.append(self.world.password)
            self.world.at_peace = False
            self.world.tell("The thief learns the password")

    def thief_can(self) -> bool:
        """Tell whether the thief has the password of now."""
        return self.world.thief_has_password()

    @step(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: timedelta) -> None:
        """Let some time pass."""
        self.move_clock(pause)

    def move_clock(self, pause: timedelta) -> None:
        """Move the clock, within the bounds."""
        now = self.site.clock()
        bounds = [self.began + LONGEST]
        if self.world.first_address_left:
            bounds.append(self.world.first_address_left + WITHOUT_FIRST_ADDRESS)
        if due := self.world.account().get("deletion_due_at"):
            bounds.append(due - timedelta(days=3) + UNTIL_DELETED)
        to = min(now + pause, *bounds) if now + pause > min(bounds) else now + pause
        if to > now:
            self.site.clock.now = to
            self.world.tell(f"{to - now} go by")

    @precondition(lambda self: self.world.password and not self.thief_can())
    @step(a_day_later=st.booleans())
    def thief_learns_the_password_again(self, *, a_day_later: bool) -> None:
        """Begin a new trouble, perhaps when what is refused for a day after a recovery works again."""
        if a_day_later:
            self.move_clock(timedelta(hours=25))
        self.learn_password()

    @precondition(thief_can)
    @step()
    def thief_signs_in(self) -> None:
        thief.sign_in(self.world)

    @precondition(thief_can)
    @step()
    def thief_changes_the_password(self) -> None:
        thief.change_password(self.world)

    @precondition(thief_can)
    @step(mailbox=MAILBOX)
    def thief_changes_the_address(self, mailbox: str) -> None:
        thief.move_to(self.world, mailbox)

    @precondition(thief_can)
    @step(mailbox=MAILBOX)
    def thief_asks_for_another_address(self, mailbox: str) -> None:
        thief.ask_for_address(self.world, mailbox)

    @step(signed_in=st.booleans())
    def thief_completes_the_change_of_address(self, *, signed_in: bool) -> None:
        thief.complete_address(self.world, signed_in_here=signed_in)

    @precondition(thief_can)
    @step(mailbox=MAILBOX, instead=st.booleans())
    def thief_adds_a_backup_email(self, mailbox: str, *, instead: bool) -> None:
        if instead:
            thief.remove_backup(self.world)
        if thief.ask_for_backup(self.world, mailbox):
            thief.confirm_backup(self.world)

    @precondition(thief_can)
    @step(mailbox=MAILBOX)
    def thief_names_a_backup_email(self, mailbox: str) -> None:
        thief.ask_for_backup(self.world, mailbox)

    @step()
    def thief_confirms_the_backup_email(self) -> None:
        thief.confirm_backup(self.world)

    @precondition(thief_can)
    @step()
    def thief_removes_the_backup_email(self) -> None:
        thief.remove_backup(self.world)

    @precondition(thief_can)
    @step()
    def thief_makes_codes(self) -> None:
        thief.make_codes(self.world)

    @step(pick=PICK)
    def thief_uses_a_code(self, pick: int) -> None:
        thief.use_code(self.world, pick)

    @step(name=st.sampled_from(["", *THIEFS]))
    def thief_resets_the_password(self, name: str) -> None:
        thief.reset(self.world, name or self.world.username)

    @step(name=st.sampled_from(["", *THIEFS]))
    def thief_asks_for_a_reset(self, name: str) -> None:
        thief.ask_for_reset(self.world, name or self.world.username)

    @step(pick=PICK)
    def thief_uses_a_kept_link(self, pick: int) -> None:
        thief.use_kept_link(self.world, pick)

    @precondition(thief_can)
    @step(pick=PICK)
    def thief_changes_the_username(self, pick: int) -> None:
        thief.rename(self.world, pick)

    @precondition(thief_can)
    @step(keep=st.booleans())
    def thief_uses_the_review(self, *, keep: bool) -> None:
        thief.review(self.world, keep=keep)

    @precondition(thief_can)
    @step()
    def thief_signs_the_others_out(self) -> None:
        thief.sign_others_out(self.world)

    @precondition(lambda self: links.DELETION_CAN_BE_UNDONE and self.thief_can())
    @step()
    def thief_asks_for_the_deletion(self) -> None:
        thief.delete(self.world)

    @step(way=st.sampled_from(list(owner.WAYS)), plain=st.booleans())
    def owner_comes_back_and_looks_through_everything(self, way: str, *, plain: bool) -> None:
        if owner.WAYS[way](self.world):
            if plain:
                owner.remove_backup(self.world)
            self.look_through_everything()

    @step(way=st.sampled_from(list(owner.WAYS)))
    def owner_comes_back_and_looks_through_nothing(self, way: str) -> None:
        if not owner.WAYS[way](self.world):
            return
        if way in owner.DISPUTES:
            thief_tries_everything(self.world)
        elif self.world.first_address_left:
            self.look_through_everything()

    @step(looks=st.booleans())
    def owner_comes_back_by_an_administrator(self, *, looks: bool) -> None:
        if owner.by_administrator(self.world) and (looks or self.world.first_address_left):
            self.look_through_everything()

    @step(looks=st.booleans())
    def owner_signs_in_with_the_password(self, *, looks: bool) -> None:
        theirs = self.world.addresses()[0] in self.world.owner.mailboxes
        if owner.by_password(self.world) and looks and theirs:
            self.look_through_everything()

    @step(pick=PICK)
    def owner_presses_a_link(self, pick: int) -> None:
        owner.press_any(self.world, pick)

    @step(name=st.sampled_from(["", HOME, WORK]))
    def owner_asks_for_a_reset(self, name: str) -> None:
        Browser(self.site.app, self.world.owner.ip).submit("/reset_password_request", email=name or self.world.username)
        self.site.deliver()
        self.world.tell("The owner asks for a reset email, and leaves it at that")

    @precondition(lambda self: self.world.at_peace and self.world.password)
    @step()
    def owner_makes_codes(self) -> None:
        owner.make_codes(self.world)

    def look_through_everything(self, *, last: bool = False) -> None:
        """Have the owner use the page, and the thief try everything."""
        owner.review(self.world)
        thief_tries_everything(self.world, all_codes=last)
        self.world.at_peace = True
        self.world.tell("The thief tries everything, and nothing works")

    def teardown(self) -> None:
        """Have the owner come back from wherever this led to, by the first way that works."""
        if not hasattr(self, "world"):
            return
        try:
            works = next((way for way in self.ways if owner.WAYS[way](self.world)), None)
            assert works, "the owner cannot come back"
            self.look_through_everything(last=True)
        finally:
            for line in self.world.story:
                note(line)

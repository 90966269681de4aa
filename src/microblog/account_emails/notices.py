"""The letters that tell an owner what happened to the account, written from the facts alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from microblog.auth.cancel_deletion import DELETION_CANCELLED_LETTER
from microblog.auth.sign_in_alerts import FAILED_LETTER, NEW_DEVICE_LETTER
from microblog.contact.address_change import ADDRESS_ASKED_LETTER
from microblog.links import Pages
from microblog.mail import Kind, Letter, Result, Writers, render
from microblog.moderation.deactivation import DEACTIVATED_LETTER, REACTIVATED_LETTER, SIGNED_OUT_LETTER
from microblog.personal_data import NAME_KEPT_FOR
from microblog.personal_data.deletion import GOODBYE_LETTER
from microblog.profiles.change_username import USERNAME_LETTER
from microblog.recovery.address_revert import RESTORED_LETTER
from microblog.registration.sign_up_emails import PACKAGE

NOTICES = (
    *(FAILED_LETTER, NEW_DEVICE_LETTER, SIGNED_OUT_LETTER, DEACTIVATED_LETTER, REACTIVATED_LETTER),
    *(ADDRESS_ASKED_LETTER, RESTORED_LETTER, USERNAME_LETTER, GOODBYE_LETTER),
    DELETION_CANCELLED_LETTER,
)
MOMENTS = ("at", "since")


@dataclass(frozen=True)
class NoticeLetters:
    """Writes one kind of notice, to the address as it was when it happened. Its folder has the name of its kind."""

    kind: Kind
    more: Mapping[str, Any]
    package: str = PACKAGE

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Put the facts into words."""
        moments = {name: datetime.fromisoformat(letter.facts[name]) for name in MOMENTS if name in letter.facts}
        return render(self.package, self.kind.name, letter.to, {**letter.facts, **moments, **self.more})


def notice_writers(pages: Pages, kinds: tuple[Kind, ...] = NOTICES, package: str = PACKAGE) -> Writers:
    """Return the writer of each notice: of this room, or of another that has its letters in a package of its own."""
    more = {
        "home_url": pages.home,
        "sign_in_url": pages.sign_in,
        "forgot_url": pages.forgot,
        "days": NAME_KEPT_FOR.days,
    }
    return {kind.name: NoticeLetters(kind, more, package) for kind in kinds}

"""The letters that tell an owner what happened to the account, written from the facts alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.accounts.by_operator import DEACTIVATED_LETTER, REACTIVATED_LETTER, SIGNED_OUT_LETTER
from microblog.accounts.suspicion import FAILED_LETTER, NEW_DEVICE_LETTER
from microblog.links import Pages
from microblog.mail import Kind, Letter, Result, Writers, render

PACKAGE = "microblog.accounts"
NOTICES = (FAILED_LETTER, NEW_DEVICE_LETTER, SIGNED_OUT_LETTER, DEACTIVATED_LETTER, REACTIVATED_LETTER)
MOMENTS = ("at", "since")


@dataclass(frozen=True)
class NoticeLetters:
    """Writes one kind of notice, to the address as it was when it happened. Its folder has the name of its kind."""

    kind: Kind
    links: Mapping[str, str]

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Put the facts into words."""
        moments = {name: datetime.fromisoformat(letter.facts[name]) for name in MOMENTS if name in letter.facts}
        return render(PACKAGE, self.kind.name, letter.to, {**letter.facts, **moments, **self.links})


def notice_writers(pages: Pages) -> Writers:
    """Return the writer of each notice."""
    links = {"home_url": pages.home, "sign_in_url": pages.sign_in, "forgot_url": pages.forgot}
    return {kind.name: NoticeLetters(kind, links) for kind in NOTICES}

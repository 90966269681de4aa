"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.allowance import LetterAllowance, letter_allowance
from microblog.recovery.ask import RESET_LETTER, ask, ask_by_key
from microblog.recovery.changed import CHANGED_LETTER, ChangedLetters, Way, password_changed
from microblog.recovery.errors import DeadLink, DoubtExpired, DoubtSettled, LinkExpired, LinkNotGenuine, LinkUsed
from microblog.recovery.letters import AfterNotMeLetters, ResetLetters
from microblog.recovery.link_events import LinkEvent, is_noted, link_event, note
from microblog.recovery.models import PasswordChange
from microblog.recovery.not_me import AFTER_NOT_ME_LETTER, disown
from microblog.recovery.not_me_links import Doubt, NotMeLinks, not_me_links
from microblog.recovery.reset import PURPOSE, ResetLinks, change_password, reset_links
from microblog.recovery.samples import samples

__all__ = [
    "AFTER_NOT_ME_LETTER",
    "CHANGED_LETTER",
    "PURPOSE",
    "RESET_LETTER",
    "AfterNotMeLetters",
    "ChangedLetters",
    "DeadLink",
    "Doubt",
    "DoubtExpired",
    "DoubtSettled",
    "LetterAllowance",
    "LinkEvent",
    "LinkExpired",
    "LinkNotGenuine",
    "LinkUsed",
    "NotMeLinks",
    "PasswordChange",
    "ResetLetters",
    "ResetLinks",
    "Way",
    "ask",
    "ask_by_key",
    "change_password",
    "disown",
    "is_noted",
    "letter_allowance",
    "link_event",
    "not_me_links",
    "note",
    "password_changed",
    "reset_links",
    "samples",
]

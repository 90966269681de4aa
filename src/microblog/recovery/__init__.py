"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.ask import RESET_LETTER, ask, ask_by_key
from microblog.recovery.errors import DeadLink, LinkExpired, LinkNotGenuine, LinkUsed
from microblog.recovery.letters import ChangedLetters, ResetLetters
from microblog.recovery.reset import CHANGED_LETTER, PURPOSE, ResetLinks, change_password, reset_links
from microblog.recovery.samples import samples

__all__ = [
    "CHANGED_LETTER",
    "PURPOSE",
    "RESET_LETTER",
    "ChangedLetters",
    "DeadLink",
    "LinkExpired",
    "LinkNotGenuine",
    "LinkUsed",
    "ResetLetters",
    "ResetLinks",
    "ask",
    "ask_by_key",
    "change_password",
    "reset_links",
    "samples",
]

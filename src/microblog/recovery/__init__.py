"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.ask import RESET_LETTER, ask
from microblog.recovery.by_operator import OPERATOR_LETTER, Recovered, recover
from microblog.recovery.codes import (
    CODES_MADE_LETTER,
    CodesLeft,
    codes_left,
    end_codes,
    holder_of,
    make_codes,
    read_code,
    refuse_code,
    use_code,
)
from microblog.recovery.codes import PURPOSE as CODES
from microblog.recovery.errors import (
    BadCode,
    DeadLink,
    LinkExpired,
    LinkNotGenuine,
    LinkUsed,
    NobodyToRecover,
    RecoverDeactivated,
    WrongCode,
)
from microblog.recovery.letters import ChangedLetters, ResetLetters
from microblog.recovery.reset import CHANGED_LETTER, PURPOSE, ResetLinks, change_password, reset_links
from microblog.recovery.samples import samples

__all__ = [
    "CHANGED_LETTER",
    "CODES",
    "CODES_MADE_LETTER",
    "OPERATOR_LETTER",
    "PURPOSE",
    "RESET_LETTER",
    "BadCode",
    "ChangedLetters",
    "CodesLeft",
    "DeadLink",
    "LinkExpired",
    "LinkNotGenuine",
    "LinkUsed",
    "NobodyToRecover",
    "RecoverDeactivated",
    "Recovered",
    "ResetLetters",
    "ResetLinks",
    "WrongCode",
    "ask",
    "change_password",
    "codes_left",
    "end_codes",
    "holder_of",
    "make_codes",
    "read_code",
    "recover",
    "refuse_code",
    "reset_links",
    "samples",
    "use_code",
]

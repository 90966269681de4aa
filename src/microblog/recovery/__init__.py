"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.allowance import LetterAllowance, letter_allowance
from microblog.recovery.ask import RESET_LETTER, ask, ask_by_key
from microblog.recovery.by_operator import (
    OPERATOR_LETTER,
    OPERATOR_NOTICES,
    Recovered,
    end_recovery_codes,
    recover,
    remove_backup_email,
    set_email,
)
from microblog.recovery.changed import CHANGED_LETTER, ChangedLetters, Way, password_changed
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
    AddressOfAnother,
    BadCode,
    DeadLink,
    DoubtExpired,
    DoubtSettled,
    LinkExpired,
    LinkNotGenuine,
    LinkUsed,
    NobodyToRecover,
    RecoverDeactivated,
    WrongCode,
)
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
    "CODES",
    "CODES_MADE_LETTER",
    "OPERATOR_LETTER",
    "OPERATOR_NOTICES",
    "PURPOSE",
    "RESET_LETTER",
    "AddressOfAnother",
    "AfterNotMeLetters",
    "BadCode",
    "ChangedLetters",
    "CodesLeft",
    "DeadLink",
    "Doubt",
    "DoubtExpired",
    "DoubtSettled",
    "LetterAllowance",
    "LinkEvent",
    "LinkExpired",
    "LinkNotGenuine",
    "LinkUsed",
    "NobodyToRecover",
    "NotMeLinks",
    "PasswordChange",
    "RecoverDeactivated",
    "Recovered",
    "ResetLetters",
    "ResetLinks",
    "Way",
    "WrongCode",
    "ask",
    "ask_by_key",
    "change_password",
    "codes_left",
    "disown",
    "end_codes",
    "end_recovery_codes",
    "holder_of",
    "is_noted",
    "letter_allowance",
    "link_event",
    "make_codes",
    "not_me_links",
    "note",
    "password_changed",
    "read_code",
    "recover",
    "refuse_code",
    "remove_backup_email",
    "reset_links",
    "samples",
    "set_email",
    "use_code",
]

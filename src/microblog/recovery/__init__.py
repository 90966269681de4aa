"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.address_revert import opened_return, take_back
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
    end_own_codes,
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
    LinkExpired,
    LinkNotGenuine,
    LinkUsed,
    NobodyToRecover,
    RecoverDeactivated,
    ReportExpired,
    ReportVoid,
    WrongCode,
)
from microblog.recovery.letters import ResetLetters, WayInEmails, reportable_writers
from microblog.recovery.link_events import LinkEvent, is_noted, link_event, note
from microblog.recovery.models import RecoveryCode
from microblog.recovery.own_password import change_own_password
from microblog.recovery.owner_is_back import Returned, owner_is_back, proof_by
from microblog.recovery.report_links import ReportLinks, TakeoverReport, report_links
from microblog.recovery.reset import PURPOSE, OpenedReset, ResetLinks, change_password, reset_links
from microblog.recovery.review import Addition, Review, mark_reviewed, remove_not_mine, review_of
from microblog.recovery.samples import samples
from microblog.recovery.takeover import WAY_IN_LETTER, report_takeover, send_way_in

__all__ = [
    "CHANGED_LETTER",
    "CODES",
    "CODES_MADE_LETTER",
    "OPERATOR_LETTER",
    "OPERATOR_NOTICES",
    "PURPOSE",
    "RESET_LETTER",
    "WAY_IN_LETTER",
    "Addition",
    "AddressOfAnother",
    "BadCode",
    "ChangedLetters",
    "CodesLeft",
    "DeadLink",
    "LetterAllowance",
    "LinkEvent",
    "LinkExpired",
    "LinkNotGenuine",
    "LinkUsed",
    "NobodyToRecover",
    "OpenedReset",
    "RecoverDeactivated",
    "Recovered",
    "RecoveryCode",
    "ReportExpired",
    "ReportLinks",
    "ReportVoid",
    "ResetLetters",
    "ResetLinks",
    "Returned",
    "Review",
    "TakeoverReport",
    "Way",
    "WayInEmails",
    "WrongCode",
    "ask",
    "ask_by_key",
    "change_own_password",
    "change_password",
    "codes_left",
    "end_codes",
    "end_own_codes",
    "end_recovery_codes",
    "holder_of",
    "is_noted",
    "letter_allowance",
    "link_event",
    "make_codes",
    "mark_reviewed",
    "note",
    "opened_return",
    "owner_is_back",
    "password_changed",
    "proof_by",
    "read_code",
    "recover",
    "refuse_code",
    "remove_backup_email",
    "remove_not_mine",
    "report_links",
    "report_takeover",
    "reportable_writers",
    "reset_links",
    "review_of",
    "samples",
    "send_way_in",
    "set_email",
    "take_back",
    "use_code",
]

"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.address_revert import OpenedReturn, open_return
from microblog.recovery.allowance import LetterAllowance, letter_allowance
from microblog.recovery.ask import RESET_LETTER, ask, request_reset
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
    NobodyToRecover,
    RecoverDeactivated,
    WrongCode,
)
from microblog.recovery.letters import ResetLetters, WayInEmails, reportable_writers
from microblog.recovery.link_events import LinkEvent, is_noted, link_event, note
from microblog.recovery.links import REPORT_TAKEOVER, RESET
from microblog.recovery.models import RecoveryCode
from microblog.recovery.own_password import change_own_password
from microblog.recovery.owner_is_back import Returned, owner_is_back, proof_by
from microblog.recovery.report_links import ReportLinks, TakeoverReport, open_report, report_links
from microblog.recovery.reset import OpenedReset, ResetLinks, open_reset, reset_links, reset_password
from microblog.recovery.review import Addition, Review, mark_reviewed, remove_not_mine, review_of
from microblog.recovery.samples import samples
from microblog.recovery.take_back_address import take_back_address
from microblog.recovery.takeover import WAY_IN_LETTER, report_takeover

__all__ = [
    "CHANGED_LETTER",
    "CODES",
    "CODES_MADE_LETTER",
    "OPERATOR_LETTER",
    "OPERATOR_NOTICES",
    "REPORT_TAKEOVER",
    "RESET",
    "RESET_LETTER",
    "WAY_IN_LETTER",
    "Addition",
    "AddressOfAnother",
    "BadCode",
    "ChangedLetters",
    "CodesLeft",
    "LetterAllowance",
    "LinkEvent",
    "NobodyToRecover",
    "OpenedReset",
    "OpenedReturn",
    "RecoverDeactivated",
    "Recovered",
    "RecoveryCode",
    "ReportLinks",
    "ResetLetters",
    "ResetLinks",
    "Returned",
    "Review",
    "TakeoverReport",
    "Way",
    "WayInEmails",
    "WrongCode",
    "ask",
    "change_own_password",
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
    "open_report",
    "open_reset",
    "open_return",
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
    "request_reset",
    "reset_links",
    "reset_password",
    "review_of",
    "samples",
    "set_email",
    "take_back_address",
    "use_code",
]

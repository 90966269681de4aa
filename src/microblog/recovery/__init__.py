"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.address_revert import OpenedReturn, open_return
from microblog.recovery.allowance import LetterAllowance, letter_allowance
from microblog.recovery.ask import ask, request_reset
from microblog.recovery.by_operator import (
    Recovered,
    end_recovery_codes,
    recover,
    remove_backup_email,
    set_email,
)
from microblog.recovery.changed import password_changed
from microblog.recovery.codes import PURPOSE as CODES
from microblog.recovery.codes import (
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
from microblog.recovery.emails.password_changed import Way
from microblog.recovery.errors import (
    AddressOfAnother,
    BadCode,
    NobodyToRecover,
    RecoverDeactivated,
    WrongCode,
)
from microblog.recovery.link_events import LinkEvent, is_noted, link_event, note
from microblog.recovery.links import RESET_LINK
from microblog.recovery.models import RecoveryCode
from microblog.recovery.own_password import change_own_password
from microblog.recovery.owner_is_back import Returned, owner_is_back, proof_by
from microblog.recovery.report_links import TakeoverReport, open_report
from microblog.recovery.reset import OpenedReset, open_reset, reset_password
from microblog.recovery.review import Addition, Review, mark_reviewed, remove_not_mine, review_of
from microblog.recovery.take_back_address import take_back_address
from microblog.recovery.takeover import report_takeover

__all__ = [
    "CODES",
    "RESET_LINK",
    "Addition",
    "AddressOfAnother",
    "BadCode",
    "CodesLeft",
    "LetterAllowance",
    "LinkEvent",
    "NobodyToRecover",
    "OpenedReset",
    "OpenedReturn",
    "RecoverDeactivated",
    "Recovered",
    "RecoveryCode",
    "Returned",
    "Review",
    "TakeoverReport",
    "Way",
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
    "report_takeover",
    "request_reset",
    "reset_password",
    "review_of",
    "set_email",
    "take_back_address",
    "use_code",
]

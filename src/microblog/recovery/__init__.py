"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.address_revert import opened_return, take_back
from microblog.recovery.allowance import LetterAllowance, letter_allowance
from microblog.recovery.ask import ask, ask_by_key
from microblog.recovery.by_operator import (
    Recovered,
    end_recovery_codes,
    make_recovery_link,
    remove_backup_email,
    set_email,
)
from microblog.recovery.changed import password_changed
from microblog.recovery.codes import (
    CodesLeft,
    codes_left,
    count_codes,
    create_recovery_codes,
    end_own_codes,
    read_code,
)
from microblog.recovery.emails.password_changed import Way
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
from microblog.recovery.link_events import LinkEvent, is_noted, link_event, note
from microblog.recovery.models import RecoveryCode
from microblog.recovery.own_password import change_own_password
from microblog.recovery.owner_is_back import Returned, owner_is_back, proof_by
from microblog.recovery.report_links import ReportLinks, TakeoverReport, report_links
from microblog.recovery.reset import PURPOSE, OpenedReset, ResetLinks, change_password, reset_links
from microblog.recovery.review import Addition, Review, confirm_additions, remove_additions, review_changes
from microblog.recovery.takeover import report_takeover, send_way_in
from microblog.recovery.use_recovery_code import CodeUsed, use_recovery_code

__all__ = [
    "PURPOSE",
    "Addition",
    "AddressOfAnother",
    "BadCode",
    "CodeUsed",
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
    "ResetLinks",
    "Returned",
    "Review",
    "TakeoverReport",
    "Way",
    "WrongCode",
    "ask",
    "ask_by_key",
    "change_own_password",
    "change_password",
    "codes_left",
    "confirm_additions",
    "count_codes",
    "create_recovery_codes",
    "end_own_codes",
    "end_recovery_codes",
    "is_noted",
    "letter_allowance",
    "link_event",
    "make_recovery_link",
    "note",
    "opened_return",
    "owner_is_back",
    "password_changed",
    "proof_by",
    "read_code",
    "remove_additions",
    "remove_backup_email",
    "report_links",
    "report_takeover",
    "reset_links",
    "review_changes",
    "send_way_in",
    "set_email",
    "take_back",
    "use_recovery_code",
]

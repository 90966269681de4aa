"""Recovery: a forgotten password, from the question to the new one. The front door of the room."""

from microblog.recovery.address_revert import opened_return, take_back
from microblog.recovery.allowance import letter_allowance
from microblog.recovery.ask import ask_by_key
from microblog.recovery.by_operator import end_recovery_codes, make_recovery_link, remove_backup_email, set_email
from microblog.recovery.codes import count_codes, create_recovery_codes, end_own_codes, read_code
from microblog.recovery.errors import (
    AddressOfAnother,
    BadCode,
    DeadLink,
    LinkNotGenuine,
    NobodyToRecover,
    RecoverDeactivated,
)
from microblog.recovery.link_events import link_event, note
from microblog.recovery.models import RecoveryCode
from microblog.recovery.own_password import change_own_password
from microblog.recovery.report_links import ReportLinks, TakeoverReport, report_links
from microblog.recovery.reset import OpenedReset, ResetLinks, change_password, reset_links
from microblog.recovery.review import Addition, Review, confirm_additions, remove_additions, review_changes
from microblog.recovery.takeover import report_takeover, send_way_in
from microblog.recovery.use_recovery_code import use_recovery_code

__all__ = [
    "Addition",
    "AddressOfAnother",
    "BadCode",
    "DeadLink",
    "LinkNotGenuine",
    "NobodyToRecover",
    "OpenedReset",
    "RecoverDeactivated",
    "RecoveryCode",
    "ReportLinks",
    "ResetLinks",
    "Review",
    "TakeoverReport",
    "ask_by_key",
    "change_own_password",
    "change_password",
    "confirm_additions",
    "count_codes",
    "create_recovery_codes",
    "end_own_codes",
    "end_recovery_codes",
    "letter_allowance",
    "link_event",
    "make_recovery_link",
    "note",
    "opened_return",
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

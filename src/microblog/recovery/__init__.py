"""Account recovery: password resets, recovery codes, takeover reports, and recovery by an administrator."""

from microblog.recovery.address_revert import OpenedReturn, open_return
from microblog.recovery.allowance import reset_allowance
from microblog.recovery.ask import request_reset
from microblog.recovery.by_operator import end_recovery_codes, make_recovery_link, remove_backup_email, set_email
from microblog.recovery.codes import count_codes, create_recovery_codes, end_own_codes, read_code
from microblog.recovery.errors import (
    AddressOfAnother,
    BadCode,
    NobodyToRecover,
    RecoverDeactivated,
)
from microblog.recovery.link_events import LinkEvent, record_link_event
from microblog.recovery.links import RESET_LINK
from microblog.recovery.own_password import change_own_password
from microblog.recovery.report_links import TakeoverReport, open_report
from microblog.recovery.reset import OpenedReset, open_reset, reset_opened, reset_password, reset_refused
from microblog.recovery.review import Addition, Review, confirm_additions, remove_additions, review_changes
from microblog.recovery.take_back_address import take_back_address
from microblog.recovery.takeover import report_takeover
from microblog.recovery.use_recovery_code import use_recovery_code

__all__ = [
    "RESET_LINK",
    "Addition",
    "AddressOfAnother",
    "BadCode",
    "LinkEvent",
    "NobodyToRecover",
    "OpenedReset",
    "OpenedReturn",
    "RecoverDeactivated",
    "Review",
    "TakeoverReport",
    "change_own_password",
    "confirm_additions",
    "count_codes",
    "create_recovery_codes",
    "end_own_codes",
    "end_recovery_codes",
    "make_recovery_link",
    "open_report",
    "open_reset",
    "open_return",
    "read_code",
    "record_link_event",
    "remove_additions",
    "remove_backup_email",
    "report_takeover",
    "request_reset",
    "reset_allowance",
    "reset_opened",
    "reset_password",
    "reset_refused",
    "review_changes",
    "set_email",
    "take_back_address",
    "use_recovery_code",
]

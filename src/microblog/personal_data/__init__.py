"""Everything an account holds: downloading it, and deleting it."""

from microblog.personal_data.deletion import (
    Forget,
    begin_deletion,
    delete_account,
    due_accounts,
    keep_account,
    opened_deletion,
    request_deletion,
)
from microblog.personal_data.export import EXPORT_PARTS, Part, export, record_export, request_export
from microblog.personal_data.periods import DELETED_AFTER, NAME_KEPT_FOR

__all__ = [
    "DELETED_AFTER",
    "EXPORT_PARTS",
    "NAME_KEPT_FOR",
    "Forget",
    "Part",
    "begin_deletion",
    "delete_account",
    "due_accounts",
    "export",
    "keep_account",
    "opened_deletion",
    "record_export",
    "request_deletion",
    "request_export",
]

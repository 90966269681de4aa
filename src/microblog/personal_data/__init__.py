"""Everything an account holds: downloading it, and deleting it."""

from microblog.personal_data.deletion import (
    Eraser,
    begin_deletion,
    delete_account,
    due_accounts,
    keep_account,
    opened_deletion,
    request_deletion,
)
from microblog.personal_data.export import export, record_export, request_export
from microblog.personal_data.periods import DELETED_AFTER

__all__ = [
    "DELETED_AFTER",
    "Eraser",
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

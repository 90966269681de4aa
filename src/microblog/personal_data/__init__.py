"""Everything an account holds: downloading it, and deleting it."""

from microblog.personal_data.deletion import (
    Eraser,
    OpenedDeletion,
    begin_deletion,
    delete_account,
    due_accounts,
    keep_account,
    open_deletion,
    open_deletion_again,
    request_deletion,
)
from microblog.personal_data.export import export, record_export, request_export
from microblog.personal_data.links import KEEP_LINK
from microblog.personal_data.periods import DELETED_AFTER

__all__ = [
    "DELETED_AFTER",
    "KEEP_LINK",
    "Eraser",
    "OpenedDeletion",
    "begin_deletion",
    "delete_account",
    "due_accounts",
    "export",
    "keep_account",
    "open_deletion",
    "open_deletion_again",
    "record_export",
    "request_deletion",
    "request_export",
]

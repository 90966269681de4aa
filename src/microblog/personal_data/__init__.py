"""Everything an account holds: downloading it, and deleting it."""

from microblog.personal_data.deletion import (
    Forget,
    OpenedDeletion,
    begin_deletion,
    delete_account,
    due_accounts,
    keep_account,
    open_deletion,
    open_deletion_again,
    request_deletion,
)
from microblog.personal_data.export import EXPORT_PARTS, Part, export, record_export, request_export
from microblog.personal_data.links import KEEP_LINK
from microblog.personal_data.periods import DELETED_AFTER, NAME_KEPT_FOR

__all__ = [
    "DELETED_AFTER",
    "EXPORT_PARTS",
    "KEEP_LINK",
    "NAME_KEPT_FOR",
    "Forget",
    "OpenedDeletion",
    "Part",
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

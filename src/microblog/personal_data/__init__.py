"""Everything an account holds: downloading it, and deleting it."""

from microblog.personal_data.deletion import (
    DELETED_AFTER,
    NAME_KEPT_FOR,
    Forget,
    ask_for_deletion,
    delete_account,
    due_accounts,
    keep_account,
    opened_deletion,
)
from microblog.personal_data.export import EXPORT_PARTS, Part, export

__all__ = [
    "DELETED_AFTER",
    "EXPORT_PARTS",
    "NAME_KEPT_FOR",
    "Forget",
    "Part",
    "ask_for_deletion",
    "delete_account",
    "due_accounts",
    "export",
    "keep_account",
    "opened_deletion",
]

"""Email addresses of an account: changing the primary address and the backup email."""

from microblog.contact.address_change import OpenedChange, cancel_address_changes, complete_address_change, open_change
from microblog.contact.backup_email import (
    OpenedBackupEmail,
    add_backup_email,
    confirm_backup_email,
    open_backup_email,
    remove_backup_email,
)
from microblog.contact.backup_email_state import backup_email_state
from microblog.contact.cancel import (
    cancel_pending_backup_email,
    cancel_pending_changes,
    mark_reverted,
    revert_changes_since,
)
from microblog.contact.errors import BadNewAddress
from microblog.contact.links import BACKUP_EMAIL_LINK, CHANGE_ADDRESS_LINK, TAKE_BACK_LINK
from microblog.contact.models import AddressChange
from microblog.contact.pending import pending_backup_emails
from microblog.contact.request_address_change import begin_address_change, request_address_change

__all__ = [
    "BACKUP_EMAIL_LINK",
    "CHANGE_ADDRESS_LINK",
    "TAKE_BACK_LINK",
    "AddressChange",
    "BadNewAddress",
    "OpenedBackupEmail",
    "OpenedChange",
    "add_backup_email",
    "backup_email_state",
    "begin_address_change",
    "cancel_address_changes",
    "cancel_pending_backup_email",
    "cancel_pending_changes",
    "complete_address_change",
    "confirm_backup_email",
    "mark_reverted",
    "open_backup_email",
    "open_change",
    "pending_backup_emails",
    "remove_backup_email",
    "request_address_change",
    "revert_changes_since",
]

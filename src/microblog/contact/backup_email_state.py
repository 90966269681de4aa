"""The state of a member's backup email, for the page that changes it."""

from dataclasses import dataclass

from microblog.contact.models import PendingBackupEmail
from microblog.context import Context
from microblog.identity import BackupEmail, find_backup_email


@dataclass(frozen=True)
class BackupEmailState:
    """The backup email of an account, whether it counts, and the one that can still be confirmed."""

    current: BackupEmail | None
    counts: bool
    """An address that has become the primary one of another account does not."""
    pending: PendingBackupEmail | None


def backup_email_state(context: Context, account_id: int) -> BackupEmailState:
    """Return the backup email of an account, and the one that waits for its confirmation."""
    with context.reading() as session:
        current, pending = session.get(BackupEmail, account_id), session.get(PendingBackupEmail, account_id)
        counts = find_backup_email(session, account_id) is not None
    return BackupEmailState(current, counts, pending if pending and pending.expires_at > context.now else None)

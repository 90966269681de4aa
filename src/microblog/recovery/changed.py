"""After a password was set: notify the owner, and resolve earlier takeover reports."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.identity import Account, notice_addresses
from microblog.mail import canonical_identifier, forget_sent, queue
from microblog.origin import Origin
from microblog.ownership import ChangeKind, record_change
from microblog.recovery.emails.password_changed import PASSWORD_CHANGED, PasswordChanged, Way
from microblog.recovery.reset_key import reset_email_key

EVENT = {
    Way.LINK: EventType.PASSWORD_RESET,
    Way.CODE: EventType.PASSWORD_RESET,
    Way.SIGNED_IN: EventType.PASSWORD_CHANGED,
}


def password_changed(
    session: Session, account: Account, origin: Origin, way: Way, now: datetime, recovery_id: int | None = None
) -> None:
    """Note that an account's password was just set, and tell its owner at every address there is.

    Part of the transaction that sets it. `recovery_id` is the recovery it belongs to, if it was none of a signed-in
    member's own changes.
    """
    addresses = notice_addresses(session, account)
    keys = [account.username_key, *map(canonical_identifier, addresses)]
    forget_sent(session, [reset_email_key(key) for key in keys])  # their links are dead
    change_id = record_change(session, account.id, ChangeKind.PASSWORD, addresses, now, recovery_id)
    record(session, account.id, EVENT[way], now, origin=origin, detail="by_recovery_code" if way is Way.CODE else "")
    payload = PasswordChanged(account.username, now, change_id, way, origin)
    for address in addresses:
        queue(session, PASSWORD_CHANGED, to=address, payload=payload, now=now)

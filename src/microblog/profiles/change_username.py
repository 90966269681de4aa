"""Changing one's username. Logins, links and addresses of pages go on, by the former one too."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.identity import (
    Account,
    UsernameTaken,
    check_new_username,
    keep_former_username,
    notice_addresses,
    username_key,
)
from microblog.identity.accounts import assign_username
from microblog.identity.username_owners import username_taken
from microblog.mail import queue
from microblog.origin import Origin
from microblog.profiles.emails.username_changed import USERNAME_CHANGED, UsernameChanged


def change_username(session: Session, account: Account, username: str, now: datetime, origin: Origin) -> bool:
    """Change a member's username, record it and notify them. Returns False if it is the current one.

    Logins and links stay as they are. Another spelling of the same name sends no email. The account's row is
    the caller's to hold.

    Raises:
        BadUsername: it cannot be a new one.
        UsernameTaken: somebody else has it, or had it before.
        TooManyUsernames: the member has had as many as one can.
    """
    if account.username == username:
        return False
    if username_key(username) != account.username_key:
        check_new_username(username)
    if username_taken(session, username, but_by=account.id):
        raise UsernameTaken(username=username)
    key, before = username_key(username), account.username
    other = key != account.username_key
    if other:
        keep_former_username(session, account, key, now)
    try:
        assign_username(session, account, username)
    except IntegrityError as error:  # somebody took it in the same moment
        raise UsernameTaken(username=username) from error
    events.record(session, account.id, EventType.USERNAME_CHANGED, now, origin=origin)
    if other:
        payload = UsernameChanged(username, before, now, origin)
        for to in notice_addresses(session, account):
            queue(session, USERNAME_CHANGED, to=to, payload=payload, now=now)
    return True

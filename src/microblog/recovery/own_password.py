"""Changing one's own password, with the current one."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from microblog.auth import Member, check_password, hash_password, renew_session
from microblog.auth.known_browsers import known_browsers
from microblog.auth.sessions import end_sessions_but
from microblog.contact import cancel_address_changes
from microblog.context import Context
from microblog.identity import Account, ChangedMeanwhile
from microblog.identity.accounts import set_password_if_unchanged
from microblog.recovery.changed import password_changed
from microblog.recovery.emails.password_changed import Way


@dataclass(frozen=True)
class PasswordSet:
    """The new secret of the member's session, and a token by which the account knows the browser."""

    secret: str
    browser_token: str


def change_own_password(context: Context, member: Member, verified: Account, password: str) -> PasswordSet:
    """Set another password for a member whose current one was just verified. Only this session stays.

    Raises:
        PasswordRefused: it can't be chosen.
        ChangedMeanwhile: the password was changed, or this session ended, since it was verified.
    """
    shortest, about = context.settings.password_min_length, [verified.username, verified.email]
    check_password(password, shortest=shortest, about=about)
    password_hash = hash_password(password)
    with context.writing() as session:
        secret = set_own_password(session, verified, password_hash, member.session_id)
        password_changed(session, verified, context.origin, Way.SIGNED_IN, context.now)
    return PasswordSet(secret, known_browsers(context.settings).sign(verified.id, password_hash, context.now))


def set_own_password(session: Session, verified: Account, password_hash: str, session_id: int) -> str:
    """Set another password, end all sessions but this one, and return this one's new secret.

    Of several changes at once, one is made. All links that are bound to the password die with it, and a change of the
    email address that was begun is given up.

    Raises:
        ChangedMeanwhile: the password was changed, or this session ended, since it was verified.
    """
    if not set_password_if_unchanged(session, verified, password_hash):
        raise ChangedMeanwhile
    end_sessions_but(session, verified.id, but=session_id)
    cancel_address_changes(session, verified.id)
    return renew_session(session, verified.id, session_id)

"""Passwords, sessions, signing in, and being asked for the password once more."""

from microblog.auth.action_links import OwnLinks, own_links, read_link
from microblog.auth.cancel_deletion import CancelledBy, cancel_deletion
from microblog.auth.confirmations import IN_WORDS, Action, ask_to_confirm, opened_confirmation, use_confirmation
from microblog.auth.errors import (
    NoSuchLogin,
    PasswordChanged,
    PasswordRefused,
    RecoveredLately,
    WrongCredentials,
    WrongPassword,
)
from microblog.auth.failed_sign_ins import Why, note_refusal, why_refused
from microblog.auth.models import Confirmation, Login
from microblog.auth.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    no_password,
    nobodys_hash,
    verify_password,
)
from microblog.auth.reauthentication import hold, lock_verified
from microblog.auth.recovery_cooldown import WARY_FOR, recovered_lately, refuse_after_recovery
from microblog.auth.session_lifetimes import REMEMBERED_FOR, alive, seen
from microblog.auth.sessions import end_all_sessions, end_login, end_the_others, logins_of, renew_login
from microblog.auth.sign_in import Member, end_logins, find_member, sign_in, sign_out

__all__ = [
    "IN_WORDS",
    "REMEMBERED_FOR",
    "WARY_FOR",
    "Action",
    "CancelledBy",
    "Confirmation",
    "Login",
    "Member",
    "NoSuchLogin",
    "OwnLinks",
    "PasswordChanged",
    "PasswordRefused",
    "RecoveredLately",
    "Why",
    "WrongCredentials",
    "WrongPassword",
    "alive",
    "ask_to_confirm",
    "cancel_deletion",
    "check_password",
    "end_all_sessions",
    "end_login",
    "end_logins",
    "end_the_others",
    "find_member",
    "hash_password",
    "hold",
    "lock_verified",
    "logins_of",
    "needs_rehash",
    "no_password",
    "nobodys_hash",
    "note_refusal",
    "opened_confirmation",
    "own_links",
    "read_link",
    "recovered_lately",
    "refuse_after_recovery",
    "renew_login",
    "seen",
    "sign_in",
    "sign_out",
    "use_confirmation",
    "verify_password",
    "why_refused",
]

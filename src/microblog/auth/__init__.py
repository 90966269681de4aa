"""Passwords, sessions, signing in, and being asked for the password once more."""

from microblog.auth.action_links import OwnLinks, own_links, read_link
from microblog.auth.administration import AccountChanged, Administrator, change_account
from microblog.auth.cancel_deletion import cancel_deletion
from microblog.auth.confirmable_actions import Action
from microblog.auth.confirmations import ask_to_confirm, opened_confirmation, use_confirmation
from microblog.auth.emails.deletion_cancelled import CancelledBy
from microblog.auth.errors import (
    NoSuchAccount,
    NoSuchLogin,
    PasswordChanged,
    PasswordRefused,
    RecoveredLately,
    WrongCredentials,
    WrongPassword,
)
from microblog.auth.models import Confirmation, Login
from microblog.auth.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    no_password,
    nobodys_hash,
    verify_password,
)
from microblog.auth.reauthentication import lock_verified, reauthenticate
from microblog.auth.recovery_cooldown import WARY_FOR, recovered_lately, refuse_after_recovery
from microblog.auth.sensitive_actions import ActionOutcome, Perform, perform_or_confirm
from microblog.auth.session_lifetimes import REMEMBERED_FOR, alive, seen
from microblog.auth.sessions import (
    Member,
    end_all_sessions,
    end_logins,
    end_other_sessions,
    end_session,
    find_member,
    list_sessions,
    logins_of,
    renew_login,
    sign_out,
    sign_out_member,
)
from microblog.auth.sign_in import SignedIn, sign_in

__all__ = [
    "REMEMBERED_FOR",
    "WARY_FOR",
    "AccountChanged",
    "Action",
    "ActionOutcome",
    "Administrator",
    "CancelledBy",
    "Confirmation",
    "Login",
    "Member",
    "NoSuchAccount",
    "NoSuchLogin",
    "OwnLinks",
    "PasswordChanged",
    "PasswordRefused",
    "Perform",
    "RecoveredLately",
    "SignedIn",
    "WrongCredentials",
    "WrongPassword",
    "alive",
    "ask_to_confirm",
    "cancel_deletion",
    "change_account",
    "check_password",
    "end_all_sessions",
    "end_logins",
    "end_other_sessions",
    "end_session",
    "find_member",
    "hash_password",
    "list_sessions",
    "lock_verified",
    "logins_of",
    "needs_rehash",
    "no_password",
    "nobodys_hash",
    "opened_confirmation",
    "own_links",
    "perform_or_confirm",
    "read_link",
    "reauthenticate",
    "recovered_lately",
    "refuse_after_recovery",
    "renew_login",
    "seen",
    "sign_in",
    "sign_out",
    "sign_out_member",
    "use_confirmation",
    "verify_password",
]

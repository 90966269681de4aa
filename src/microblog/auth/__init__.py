"""Passwords, sessions, signing in, reauthentication and sensitive actions."""

from microblog.auth.administration import AccountChanged, Administrator, change_account
from microblog.auth.cancel_deletion import cancel_deletion
from microblog.auth.confirmable_actions import Action
from microblog.auth.confirmations import OpenedConfirmation, cancel_confirmations, confirm_action, open_confirmation
from microblog.auth.emails.deletion_cancelled import CancelledBy
from microblog.auth.errors import NoSuchAccount, NoSuchSession, PasswordRefused, WrongPassword
from microblog.auth.links import CONFIRM_LINK
from microblog.auth.passwords import check_password, hash_password, unusable_hash, verify_password
from microblog.auth.reauthentication import lock_verified, reauthenticate
from microblog.auth.recovery_cooldown import COOLDOWN, recovered_lately, refuse_after_recovery
from microblog.auth.sensitive_actions import ActionOutcome, Perform, perform_or_confirm
from microblog.auth.session_lifetimes import REMEMBERED_FOR, last_seen
from microblog.auth.sessions import (
    Member,
    end_other_sessions,
    end_session,
    end_sessions,
    find_member,
    list_sessions,
    renew_session,
    sign_out,
    sign_out_member,
)
from microblog.auth.sign_in import sign_in

__all__ = [
    "CONFIRM_LINK",
    "COOLDOWN",
    "REMEMBERED_FOR",
    "AccountChanged",
    "Action",
    "ActionOutcome",
    "Administrator",
    "CancelledBy",
    "Member",
    "NoSuchAccount",
    "NoSuchSession",
    "OpenedConfirmation",
    "PasswordRefused",
    "Perform",
    "WrongPassword",
    "cancel_confirmations",
    "cancel_deletion",
    "change_account",
    "check_password",
    "confirm_action",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "find_member",
    "hash_password",
    "last_seen",
    "list_sessions",
    "lock_verified",
    "open_confirmation",
    "perform_or_confirm",
    "reauthenticate",
    "recovered_lately",
    "refuse_after_recovery",
    "renew_session",
    "sign_in",
    "sign_out",
    "sign_out_member",
    "unusable_hash",
    "verify_password",
]

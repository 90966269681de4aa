"""Passwords, sessions, signing in, reauthentication and sensitive actions."""

from microblog.auth.action_links import OwnLinks, own_links, read_link
from microblog.auth.administration import AccountChanged, Administrator, change_account
from microblog.auth.cancel_deletion import cancel_deletion
from microblog.auth.confirmable_actions import Action
from microblog.auth.confirmations import opened_confirmation, use_confirmation
from microblog.auth.emails.deletion_cancelled import CancelledBy
from microblog.auth.errors import NoSuchAccount, NoSuchSession, PasswordRefused, WrongPassword
from microblog.auth.models import Confirmation, SignInSession
from microblog.auth.passwords import check_password, hash_password, no_password, verify_password
from microblog.auth.reauthentication import lock_verified, reauthenticate
from microblog.auth.recovery_cooldown import COOLDOWN, recovered_lately, refuse_after_recovery
from microblog.auth.sensitive_actions import ActionOutcome, Perform, perform_or_confirm
from microblog.auth.session_lifetimes import REMEMBERED_FOR
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
    "COOLDOWN",
    "REMEMBERED_FOR",
    "AccountChanged",
    "Action",
    "ActionOutcome",
    "Administrator",
    "CancelledBy",
    "Confirmation",
    "Member",
    "NoSuchAccount",
    "NoSuchSession",
    "OwnLinks",
    "PasswordRefused",
    "Perform",
    "SignInSession",
    "WrongPassword",
    "cancel_deletion",
    "change_account",
    "check_password",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "find_member",
    "hash_password",
    "list_sessions",
    "lock_verified",
    "no_password",
    "opened_confirmation",
    "own_links",
    "perform_or_confirm",
    "read_link",
    "reauthenticate",
    "recovered_lately",
    "refuse_after_recovery",
    "renew_session",
    "sign_in",
    "sign_out",
    "sign_out_member",
    "use_confirmation",
    "verify_password",
]

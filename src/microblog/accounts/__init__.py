"""Accounts: signing up, signing in, logins, passwords. The front door of the room."""

from microblog.accounts.errors import (
    BadUsername,
    PasswordChanged,
    PasswordRefused,
    Refusal,
    SignUpOver,
    UsernameTaken,
    WrongCredentials,
)
from microblog.accounts.events import Happened, record
from microblog.accounts.find import (
    find_account,
    find_by_key,
    get_account,
    is_active,
    load_by_keys,
    username_of,
    without_account,
)
from microblog.accounts.letters import SignUpLetters
from microblog.accounts.models import Account, Event, Login, SignUp
from microblog.accounts.passwords import check_password, hash_password, needs_rehash, nobodys_hash, verify_password
from microblog.accounts.samples import samples
from microblog.accounts.sign_in import Member, end_logins, find_member, sign_in, sign_out
from microblog.accounts.sign_up import (
    SIGN_UP_LETTER,
    PendingSignUp,
    finish,
    just_signed_up,
    opened,
    sign_up,
    sign_up_signer,
)
from microblog.accounts.usernames import check_username, username_key

__all__ = [
    "SIGN_UP_LETTER",
    "Account",
    "BadUsername",
    "Event",
    "Happened",
    "Login",
    "Member",
    "PasswordChanged",
    "PasswordRefused",
    "PendingSignUp",
    "Refusal",
    "SignUp",
    "SignUpLetters",
    "SignUpOver",
    "UsernameTaken",
    "WrongCredentials",
    "check_password",
    "check_username",
    "end_logins",
    "find_account",
    "find_by_key",
    "find_member",
    "finish",
    "get_account",
    "hash_password",
    "is_active",
    "just_signed_up",
    "load_by_keys",
    "needs_rehash",
    "nobodys_hash",
    "opened",
    "record",
    "samples",
    "sign_in",
    "sign_out",
    "sign_up",
    "sign_up_signer",
    "username_key",
    "username_of",
    "verify_password",
    "without_account",
]

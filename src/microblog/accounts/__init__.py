"""Accounts: signing up, signing in, logins, passwords. The front door of the room."""

from microblog.accounts.by_operator import NothingToDo, deactivate, reactivate, sign_out_everywhere
from microblog.accounts.contact import WARY_FOR, notice_addresses, recovered_lately
from microblog.accounts.errors import (
    BadUsername,
    PasswordChanged,
    PasswordRefused,
    Refusal,
    SignUpOver,
    UsernameTaken,
    WrongCredentials,
)
from microblog.accounts.events import Happened, about, record
from microblog.accounts.find import find_account, find_anyone, find_by_key, get_account, load_by_keys, without_account
from microblog.accounts.letters import SignUpLetters
from microblog.accounts.lifetimes import REMEMBERED_FOR, alive, seen
from microblog.accounts.models import Account, AddressChange, Event, Login, RecoveryCode, SecondAddress, SignUp
from microblog.accounts.notices import notice_writers
from microblog.accounts.origin import Origin, origin_of
from microblog.accounts.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    no_password,
    nobodys_hash,
    verify_password,
)
from microblog.accounts.refused import REFUSED_KEPT_FOR, Why, is_refused, note_refusal, why_refused
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
from microblog.accounts.usernames import check_username

__all__ = [
    "REFUSED_KEPT_FOR",
    "REMEMBERED_FOR",
    "SIGN_UP_LETTER",
    "WARY_FOR",
    "Account",
    "AddressChange",
    "BadUsername",
    "Event",
    "Happened",
    "Login",
    "Member",
    "NothingToDo",
    "Origin",
    "PasswordChanged",
    "PasswordRefused",
    "PendingSignUp",
    "RecoveryCode",
    "Refusal",
    "SecondAddress",
    "SignUp",
    "SignUpLetters",
    "SignUpOver",
    "UsernameTaken",
    "Why",
    "WrongCredentials",
    "about",
    "alive",
    "check_password",
    "check_username",
    "deactivate",
    "end_logins",
    "find_account",
    "find_anyone",
    "find_by_key",
    "find_member",
    "finish",
    "get_account",
    "hash_password",
    "is_refused",
    "just_signed_up",
    "load_by_keys",
    "needs_rehash",
    "no_password",
    "nobodys_hash",
    "note_refusal",
    "notice_addresses",
    "notice_writers",
    "opened",
    "origin_of",
    "reactivate",
    "record",
    "recovered_lately",
    "samples",
    "seen",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "sign_up",
    "sign_up_signer",
    "verify_password",
    "why_refused",
    "without_account",
]

"""Accounts: signing up, signing in, logins, passwords. The front door of the room."""

from microblog.accounts.as_it_was import AsItWas, lock_and_put_back
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
from microblog.accounts.events import EventPage, Happened, LetterOutcome, PastEvent, about, of_account, of_hash, record
from microblog.accounts.find import find_account, find_by_key, get_account, load_by_keys, without_account
from microblog.accounts.letters import SignUpLetters
from microblog.accounts.models import (
    ACCOUNT_ID,
    Account,
    AddressChange,
    Event,
    Id,
    Login,
    RecoveryCode,
    SecondAddress,
    SignUp,
)
from microblog.accounts.origin import Origin, origin_in, origin_of
from microblog.accounts.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    no_password,
    nobodys_hash,
    verify_password,
)
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
    "ACCOUNT_ID",
    "SIGN_UP_LETTER",
    "WARY_FOR",
    "Account",
    "AddressChange",
    "AsItWas",
    "BadUsername",
    "Event",
    "EventPage",
    "Happened",
    "Id",
    "LetterOutcome",
    "Login",
    "Member",
    "Origin",
    "PasswordChanged",
    "PasswordRefused",
    "PastEvent",
    "PendingSignUp",
    "RecoveryCode",
    "Refusal",
    "SecondAddress",
    "SignUp",
    "SignUpLetters",
    "SignUpOver",
    "UsernameTaken",
    "WrongCredentials",
    "about",
    "check_password",
    "check_username",
    "end_logins",
    "find_account",
    "find_by_key",
    "find_member",
    "finish",
    "get_account",
    "hash_password",
    "just_signed_up",
    "load_by_keys",
    "lock_and_put_back",
    "needs_rehash",
    "no_password",
    "nobodys_hash",
    "notice_addresses",
    "of_account",
    "of_hash",
    "opened",
    "origin_in",
    "origin_of",
    "record",
    "recovered_lately",
    "samples",
    "sign_in",
    "sign_out",
    "sign_up",
    "sign_up_signer",
    "verify_password",
    "without_account",
]

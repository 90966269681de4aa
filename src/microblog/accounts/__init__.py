"""Accounts: signing up, signing in, logins, passwords. The front door of the room."""

from microblog.accounts.address_back import BACK_WITHIN, opened_return, take_back
from microblog.accounts.address_change import ask_for_address, complete_change, opened_change
from microblog.accounts.confirmations import IN_WORDS, Action, ask_to_confirm, opened_confirmation, use_confirmation
from microblog.accounts.contact import WARY_FOR, notice_addresses, recovered_lately
from microblog.accounts.errors import (
    BadNewAddress,
    BadUsername,
    ChangedMeanwhile,
    LinkOver,
    NoSuchLogin,
    PasswordChanged,
    PasswordRefused,
    Refusal,
    SignUpOver,
    UsernameTaken,
    WrongCredentials,
    WrongPassword,
)
from microblog.accounts.events import Happened, about, record
from microblog.accounts.export import EXPORT_PARTS, Part, export
from microblog.accounts.find import find_account, find_by_key, get_account, load_by_keys, without_account
from microblog.accounts.leaving import NAME_KEPT_FOR, Forget, delete_account
from microblog.accounts.letters import SignUpLetters
from microblog.accounts.logins import end_login, end_the_others, logins_of, renew_login
from microblog.accounts.models import (
    Account,
    AddressChange,
    Confirmation,
    Event,
    KeptUsername,
    Login,
    RecoveryCode,
    SecondAddress,
    SignUp,
)
from microblog.accounts.origin import Origin, origin_of
from microblog.accounts.own_letters import own_writers
from microblog.accounts.own_links import OwnLinks, own_links, read_link
from microblog.accounts.own_password import change_own_password, lock_verified
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
    "BACK_WITHIN",
    "EXPORT_PARTS",
    "IN_WORDS",
    "NAME_KEPT_FOR",
    "SIGN_UP_LETTER",
    "WARY_FOR",
    "Account",
    "Action",
    "AddressChange",
    "BadNewAddress",
    "BadUsername",
    "ChangedMeanwhile",
    "Confirmation",
    "Event",
    "Forget",
    "Happened",
    "KeptUsername",
    "LinkOver",
    "Login",
    "Member",
    "NoSuchLogin",
    "Origin",
    "OwnLinks",
    "Part",
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
    "WrongCredentials",
    "WrongPassword",
    "about",
    "ask_for_address",
    "ask_to_confirm",
    "change_own_password",
    "check_password",
    "check_username",
    "complete_change",
    "delete_account",
    "end_login",
    "end_logins",
    "end_the_others",
    "export",
    "find_account",
    "find_by_key",
    "find_member",
    "finish",
    "get_account",
    "hash_password",
    "just_signed_up",
    "load_by_keys",
    "lock_verified",
    "logins_of",
    "needs_rehash",
    "no_password",
    "nobodys_hash",
    "notice_addresses",
    "opened",
    "opened_change",
    "opened_confirmation",
    "opened_return",
    "origin_of",
    "own_links",
    "own_writers",
    "read_link",
    "record",
    "recovered_lately",
    "renew_login",
    "samples",
    "sign_in",
    "sign_out",
    "sign_up",
    "sign_up_signer",
    "take_back",
    "use_confirmation",
    "verify_password",
    "without_account",
]

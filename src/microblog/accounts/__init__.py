"""Accounts: signing up, signing in, logins, passwords. The front door of the room."""

from microblog.accounts.address_back import BACK_WITHIN, AddressReturn, lock, opened_return, take_back, tell_restored
from microblog.accounts.address_change import ask_for_address, complete_change, opened_change
from microblog.accounts.by_operator import NothingToDo, deactivate, reactivate, sign_out_everywhere
from microblog.accounts.cancel_deletion import CancelledBy, cancel_deletion
from microblog.accounts.confirmations import IN_WORDS, Action, ask_to_confirm, opened_confirmation, use_confirmation
from microblog.accounts.contact import WARY_FOR, notice_addresses, recovered_lately, refuse_after_recovery
from microblog.accounts.errors import (
    BadNewAddress,
    BadUsername,
    ChangedMeanwhile,
    LinkOver,
    NoSuchLogin,
    PasswordChanged,
    PasswordRefused,
    RecoveredLately,
    Refusal,
    SecondAddressLink,
    SecondAddressNotComplete,
    SecondAddressOver,
    SecondAddressRefused,
    SecondAddressTaken,
    SignUpOver,
    TooManyUsernames,
    UsernameTaken,
    WrongCredentials,
    WrongPassword,
)
from microblog.accounts.events import BY_ANYBODY_KEPT_FOR, Happened, about, is_by_anybody, record
from microblog.accounts.export import EXPORT_PARTS, Part, export
from microblog.accounts.find import (
    Reached,
    find_account,
    find_any,
    find_anyone,
    find_by_any_name,
    find_by_key,
    find_reached,
    get_account,
    get_visible,
    hold,
    is_active,
    is_visible,
    load_by_keys,
    second_of,
    username_of,
    without_account,
)
from microblog.accounts.history import Happening, Known, Unfinished, happenings, known_by, unfinished
from microblog.accounts.leaving import (
    DELETED_AFTER,
    NAME_KEPT_FOR,
    Forget,
    ask_for_deletion,
    delete_account,
    due_accounts,
    keep_account,
    opened_deletion,
)
from microblog.accounts.letters import SignUpLetters
from microblog.accounts.lifetimes import REMEMBERED_FOR, alive, seen
from microblog.accounts.logins import end_all_sessions, end_login, end_the_others, logins_of, renew_login
from microblog.accounts.models import (
    ACCOUNT_ID,
    Account,
    AddressChange,
    Confirmation,
    Event,
    FormerUsername,
    KeptUsername,
    Login,
    PendingSecondAddress,
    Recovery,
    RecoveryCode,
    RemovedAddress,
    ReportableChange,
    SecondAddress,
    SignUp,
)
from microblog.accounts.names import former_usernames, holder_of
from microblog.accounts.notices import notice_writers
from microblog.accounts.origin import Origin, origin_in, origin_of
from microblog.accounts.own_letters import own_writers
from microblog.accounts.own_links import OwnLinks, own_links, read_link
from microblog.accounts.own_password import change_own_password, lock_verified
from microblog.accounts.owner_is_back import Proof, Returned, end_codes_made_since, owner_is_back, proof_by
from microblog.accounts.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    no_password,
    nobodys_hash,
    verify_password,
)
from microblog.accounts.refused import Why, note_refusal, why_refused
from microblog.accounts.renaming import change_username
from microblog.accounts.reportable import WITHIN as REPORTABLE_WITHIN
from microblog.accounts.reportable import ChangeKind, note_change
from microblog.accounts.reserved import is_reserved
from microblog.accounts.restoring import Restored, belongs_to_another, restore_addresses
from microblog.accounts.review import Addition, Recent, Review, mark_reviewed, remove_not_mine, review_of
from microblog.accounts.samples import samples
from microblog.accounts.second_address import (
    ADDED_LETTER,
    REMOVED_LETTER,
    SECOND_ADDRESS_LETTER,
    ask_second_address,
    confirm_second_address,
    opened_second_address,
    remove_second_address,
    second_address_signer,
)
from microblog.accounts.second_letters import SecondAddressLetters
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
from microblog.accounts.standing import (
    ESTABLISHED_AFTER,
    Means,
    Role,
    Standing,
    is_junior,
    is_outlived,
    last_recovery_id,
    may_dispute,
    owner_addresses,
    present_addresses,
    rank,
    removed_addresses,
    standing_of,
)
from microblog.accounts.usernames import check_new_username, check_username, key_in, username_key

# fmt: off
__all__ = [  # as many on a line as fit: there are too many names
    "ACCOUNT_ID", "ADDED_LETTER", "BACK_WITHIN", "BY_ANYBODY_KEPT_FOR", "DELETED_AFTER", "ESTABLISHED_AFTER",
    "EXPORT_PARTS", "IN_WORDS", "NAME_KEPT_FOR", "REMEMBERED_FOR", "REMOVED_LETTER", "REPORTABLE_WITHIN",
    "SECOND_ADDRESS_LETTER", "SIGN_UP_LETTER", "WARY_FOR", "Account", "Action", "Addition", "AddressChange",
    "AddressReturn", "BadNewAddress", "BadUsername", "CancelledBy", "ChangeKind", "ChangedMeanwhile",
    "Confirmation", "Event", "Forget", "FormerUsername", "Happened", "Happening", "KeptUsername", "Known",
    "LinkOver", "Login", "Means", "Member", "NoSuchLogin", "NothingToDo", "Origin", "OwnLinks", "Part",
    "PasswordChanged", "PasswordRefused", "PendingSecondAddress", "PendingSignUp", "Proof", "Reached", "Recent",
    "RecoveredLately", "Recovery", "RecoveryCode", "Refusal", "RemovedAddress", "ReportableChange", "Restored",
    "Returned", "Review", "Role", "SecondAddress", "SecondAddressLetters", "SecondAddressLink",
    "SecondAddressNotComplete", "SecondAddressOver", "SecondAddressRefused", "SecondAddressTaken", "SignUp",
    "SignUpLetters", "SignUpOver", "Standing", "TooManyUsernames", "Unfinished", "UsernameTaken", "Why",
    "WrongCredentials", "WrongPassword", "about", "alive", "ask_for_address", "ask_for_deletion",
    "ask_second_address", "ask_to_confirm", "belongs_to_another", "cancel_deletion", "change_own_password",
    "change_username", "check_new_username", "check_password", "check_username", "complete_change",
    "confirm_second_address", "deactivate", "delete_account", "due_accounts", "end_all_sessions",
    "end_codes_made_since", "end_login", "end_logins", "end_the_others", "export", "find_account", "find_any",
    "find_anyone", "find_by_any_name", "find_by_key", "find_member", "find_reached", "finish",
    "former_usernames", "get_account", "get_visible", "happenings", "hash_password", "hold", "holder_of",
    "is_active", "is_by_anybody", "is_junior", "is_outlived", "is_reserved", "is_visible", "just_signed_up",
    "keep_account", "key_in", "known_by", "last_recovery_id", "load_by_keys", "lock", "lock_verified",
    "logins_of", "mark_reviewed", "may_dispute", "needs_rehash", "no_password", "nobodys_hash", "note_change",
    "note_refusal", "notice_addresses", "notice_writers", "opened", "opened_change", "opened_confirmation",
    "opened_deletion", "opened_return", "opened_second_address", "origin_in", "origin_of", "own_links",
    "own_writers", "owner_addresses", "owner_is_back", "present_addresses", "proof_by", "rank", "reactivate",
    "read_link", "record", "recovered_lately", "refuse_after_recovery", "remove_not_mine",
    "remove_second_address", "removed_addresses", "renew_login", "restore_addresses", "review_of", "samples",
    "second_address_signer", "second_of", "seen", "sign_in", "sign_out", "sign_out_everywhere", "sign_up",
    "sign_up_signer", "standing_of", "take_back", "tell_restored", "unfinished", "use_confirmation",
    "username_key", "username_of", "verify_password", "why_refused", "without_account",
]
# fmt: on

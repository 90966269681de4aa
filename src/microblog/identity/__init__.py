"""Accounts, usernames and email addresses: who is who."""

from microblog.identity.addresses import (
    ESTABLISHED_AFTER,
    Role,
    Standing,
    notice_addresses,
    present_addresses,
    removed_addresses,
    standing_of,
)
from microblog.identity.errors import BadUsername, ChangedMeanwhile, TooManyUsernames, UsernameTaken
from microblog.identity.kept_usernames import keep_former_username, keep_usernames, username_keys
from microblog.identity.known_names import Known, known_by
from microblog.identity.lookup import (
    Reached,
    find_any,
    find_anyone,
    find_backup_email,
    find_by_any_name,
    find_by_key,
    find_reached,
    get_account,
    get_visible,
    is_active,
    is_visible,
    load_by_keys,
    username_of,
    without_account,
)
from microblog.identity.models import ACCOUNT_ID, Account, BackupEmail
from microblog.identity.reserved import is_reserved
from microblog.identity.username_owners import NAME_KEPT_FOR, former_usernames, holder_of
from microblog.identity.usernames import check_new_username, check_username, key_in, username_key

__all__ = [
    "ACCOUNT_ID",
    "ESTABLISHED_AFTER",
    "NAME_KEPT_FOR",
    "Account",
    "BackupEmail",
    "BadUsername",
    "ChangedMeanwhile",
    "Known",
    "Reached",
    "Role",
    "Standing",
    "TooManyUsernames",
    "UsernameTaken",
    "check_new_username",
    "check_username",
    "find_any",
    "find_anyone",
    "find_backup_email",
    "find_by_any_name",
    "find_by_key",
    "find_reached",
    "former_usernames",
    "get_account",
    "get_visible",
    "holder_of",
    "is_active",
    "is_reserved",
    "is_visible",
    "keep_former_username",
    "keep_usernames",
    "key_in",
    "known_by",
    "load_by_keys",
    "notice_addresses",
    "present_addresses",
    "removed_addresses",
    "standing_of",
    "username_key",
    "username_keys",
    "username_of",
    "without_account",
]

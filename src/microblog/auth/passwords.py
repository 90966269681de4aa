"""Passwords: what is accepted, and how they are kept (OWASP ASVS 5.0 V6.2, NIST SP 800-63B-4 section 3.1.1.2)."""

import re
import secrets
import unicodedata
from collections.abc import Collection
from functools import cache

import regex
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from microblog.auth.errors import (
    PasswordAboutMember,
    PasswordCommon,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
)

LONGEST = 1024
LONGEST_TYPED = 4 * LONGEST  # before NFC, which joins up to four; normalizing takes time by the square of the length
ESTIMATED = 40  # characters; longer ones are rarely guessed by pattern, and estimating them takes long
STAND_INS = frozenset("4@8({[<3961!|0$5+7%2")  # signs that zxcvbn tries as letters, in every combination
MOST_STAND_INS = 6  # different ones; with more, one estimate can take more than a second
TOO_EASY = 1  # zxcvbn's score for under a million guesses
SITE_NAME = "microblog"

SPACES = regex.compile(r"\p{Zs}")
LOCKED = "locked"  # begins what is kept where no password opens the account until a reset

hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # argon2id; ASVS 5.0 appendix C


def normalize_password(typed: str) -> str:
    """Return the password as it is compared: by the OpaqueString profile of RFC 8265, section 4.2.

    Every kind of space is the plain one, for a keyboard or a paste decides which it is, and letters are composed (NFC),
    so that the same password typed elsewhere is the same.
    """
    return normalize_as_before(SPACES.sub(" ", typed))


def normalize_as_before(typed: str) -> str:
    """Return a password as it was kept before spaces were made alike: in NFC alone."""
    return unicodedata.normalize("NFC", typed)


def check_password(typed: str, *, shortest: int, about: Collection[str]) -> None:
    """Refuse a password that is too short, too long, or easily guessed. `about` are the member's name and address.

    Raises:
        PasswordRefused: by its subclass for the reason.
    """
    if len(typed) > LONGEST_TYPED:
        raise PasswordTooLong(longest=LONGEST)
    password = normalize_password(typed)
    if len(password) < shortest:
        raise PasswordTooShort(length=len(password), shortest=shortest)
    if len(password) > LONGEST:
        raise PasswordTooLong(longest=LONGEST)
    if is_about(password, {SITE_NAME, *words_of(about)}):
        raise PasswordAboutMember
    if is_common(password.lower()) or is_common(letters_and_digits(password)):
        raise PasswordCommon
    if is_easy(password):
        raise PasswordGuessable


def is_about(password: str, words: Collection[str]) -> bool:
    """Tell whether nothing much is left of a password without these words: `alice1234` is about alice."""
    plain = letters_and_digits(password)
    return any(word in plain and len(plain.replace(word, "")) * 2 <= len(word) for word in words)


def words_of(about: Collection[str]) -> set[str]:
    """Split names and addresses into the words somebody would build a password of."""
    whole = {letters_and_digits(text) for text in about}
    parts = {letters_and_digits(part) for text in about for part in re.split(r"[@.]", text)}
    return {word for word in whole | parts if len(word) >= 4}  # noqa: PLR2004 - shorter ones are in many good passwords


def letters_and_digits(text: str) -> str:
    """Return only the letters and digits of a text, without case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def is_easy(password: str) -> bool:
    """Tell whether zxcvbn would guess it soon; not asked where answering would take long."""
    if len(password) > ESTIMATED or len(STAND_INS.intersection(password)) > MOST_STAND_INS:
        return False
    return bool(zxcvbn(password)["score"] <= TOO_EASY)


def is_common(password: str) -> bool:
    """Tell whether a password is on the list, or one of the list repeated."""
    once = re.sub(r"^(.{4,}?)\1+$", r"\1", password)
    return not common_passwords().isdisjoint((password, once))


@cache
def common_passwords() -> frozenset[str]:
    """Return the offline list: about 30,000 passwords from leaks, the most common first to be tried."""
    return frozenset(FREQUENCY_LISTS["passwords"])


def hash_password(password: str) -> str:
    """Hash with argon2id. Takes some 20 ms and 19 MiB on purpose; do it outside a transaction."""
    return hasher.hash(normalize_password(password))


def verify_password(kept: str | None, typed: str) -> bool:
    """Compare, taking the same time where there is an account, where there is none (None), and where it is locked.

    A password with other spaces than the plain one may have been kept as it was typed. What is typed alone decides
    whether both ways are tried, and then both are, whatever comes of the first.
    """
    possible = len(typed) <= LONGEST_TYPED
    if kept and is_locked(kept):
        kept = None
    ways = dict.fromkeys((normalize_password(typed), normalize_as_before(typed)) if possible else ("",))
    right = [is_hash_of(kept or dummy_hash(), way) for way in ways]
    return possible and kept is not None and any(right)


def is_hash_of(kept: str, password: str) -> bool:
    """Tell whether a hash is that of a password, exactly as given."""
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def unusable_hash() -> str:
    """Return what is kept in a hash's place to lock an account's password; a new one each time, so that links die."""
    return f"{LOCKED} {secrets.token_hex(16)}"


def is_locked(kept: str) -> bool:
    """Tell whether no password opens the account until a reset."""
    return kept.startswith(LOCKED)


def needs_rehash(kept: str, typed: str) -> bool:
    """Tell whether the hash of a password that was just verified was made in another way than today's would be."""
    if hasher.check_needs_rehash(kept):
        return True
    return normalize_password(typed) != normalize_as_before(typed) and not is_hash_of(kept, normalize_password(typed))


@cache
def dummy_hash() -> str:
    """Return the hash that is checked where there is no account."""
    return hasher.hash("nobody has this password")

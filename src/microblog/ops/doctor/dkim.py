"""DKIM (RFC 6376): the public keys that emails are signed with. Functions of the TXT records."""

import binascii
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

from microblog.ops.doctor.findings import Finding, Subject

DKIM = Subject("DKIM")
TAG = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9_]*)\s*=\s*(.*?)\s*", re.DOTALL)
SIZES = (512, 768, 1024, 1536, 2048, 3072, 4096)  # bits; what RSA keys are made in
FRAME = 10  # octets of a public RSA key (RFC 8017) that are not its modulus, at the least
WEAKEST, GOOD = 1024, 2048  # bits; RFC 8301 section 3.2


class InvalidKey(Exception):  # noqa: N818 - says what the record is
    """A record that is not a valid key; the message says why."""


@dataclass(frozen=True)
class Key:
    """A public key. `bits` is an estimate for RSA, and 0 for other kinds."""

    kind: str
    bits: int
    revoked: bool
    testing: bool


def parse_tags(text: str) -> dict[str, str]:
    """Parse a tag list (RFC 6376 section 3.2). The first of duplicate tags counts."""
    found = (TAG.fullmatch(part) for part in text.split(";"))
    return {match[1].lower(): match[2] for match in reversed([match for match in found if match])}


def parse_key(text: str) -> Key:
    """Parse a key record.

    Raises:
        InvalidKey: with the reason in words.
    """
    given = parse_tags(text)
    if given.get("v", "DKIM1") != "DKIM1" or "p" not in given:
        raise InvalidKey("it is no DKIM key: a key has p=, and begins with v=DKIM1")
    kind = given.get("k", "rsa").lower()
    try:
        octets = b64decode(re.sub(r"\s", "", given["p"]), validate=True)
    except binascii.Error as error:
        raise InvalidKey("the key after p= is damaged; was a part of it lost, or a quotation mark copied?") from error
    bits = max((size for size in SIZES if size // 8 + FRAME <= len(octets)), default=0) if kind == "rsa" else 0
    return Key(kind, bits, revoked=not octets, testing="y" in given.get("t", "").lower().split(":"))


def check_key_record(name: str, texts: Sequence[str]) -> Finding | None:
    """Check the key record at a name. None if there is none."""
    if not texts:
        return None
    if len(texts) > 1:
        words = f"There are {len(texts)} TXT records at {name}; receivers may take the wrong one."
        return DKIM.fail(words, "Keep the one your provider shows.")
    try:
        key = parse_key(texts[0])
    except InvalidKey as error:
        return DKIM.fail(f"The record at {name} cannot be used: {error}.", "Copy it again from your provider, whole.")
    return check_key(name, key)


def check_key(name: str, key: Key) -> Finding:
    """Check that a key is in use and strong enough."""
    if key.revoked:
        return DKIM.fail(f"The key at {name} was revoked (p= is empty).", "Put the key your provider shows there.")
    if key.kind == "rsa" and key.bits < WEAKEST:
        words = f"The key at {name} has about {key.bits} bits, and receivers count none below {WEAKEST}."
        return DKIM.fail(words, f"Make a new one of {GOOD} bits.")
    if key.testing:
        return DKIM.warn(f"The key at {name} is marked as a test (t=y).", "Take t=y out once emails arrive.")
    return DKIM.ok(f"There is a key at {name}" + (f" (RSA, about {key.bits} bits)." if key.bits else f" ({key.kind})."))

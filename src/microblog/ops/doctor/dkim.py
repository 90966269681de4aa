"""DKIM (RFC 6376): the public keys that letters are signed with. Functions of the TXT records."""

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


class NotKey(Exception):  # noqa: N818 - says what the record is
    """A record that is no key; the message says why."""


@dataclass(frozen=True)
class Key:
    """A public key. `bits` is a close guess for RSA, and 0 for what needs no such care."""

    kind: str
    bits: int
    revoked: bool
    testing: bool


def tags(text: str) -> dict[str, str]:
    """Take a tag list apart (RFC 6376 section 3.2); of a tag that stands twice, the first counts."""
    found = (TAG.fullmatch(part) for part in text.split(";"))
    return {match[1].lower(): match[2] for match in reversed([match for match in found if match])}


def key_in(text: str) -> Key:
    """Read a key record.

    Raises:
        NotKey: with the reason in words.
    """
    given = tags(text)
    if given.get("v", "DKIM1") != "DKIM1" or "p" not in given:
        raise NotKey("it is no DKIM key: a key has p=, and begins with v=DKIM1")
    kind = given.get("k", "rsa").lower()
    try:
        octets = b64decode(re.sub(r"\s", "", given["p"]), validate=True)
    except binascii.Error as error:
        raise NotKey("the key after p= is damaged; was a part of it lost, or a quotation mark copied?") from error
    bits = max((size for size in SIZES if size // 8 + FRAME <= len(octets)), default=0) if kind == "rsa" else 0
    return Key(kind, bits, revoked=not octets, testing="y" in given.get("t", "").lower().split(":"))


def judge(name: str, texts: Sequence[str]) -> Finding | None:
    """Say how the key at a name stands, None where there is none."""
    if not texts:
        return None
    if len(texts) > 1:
        words = f"There are {len(texts)} TXT records at {name}; receivers may take the wrong one."
        return DKIM.fail(words, "Keep the one your provider shows.")
    try:
        key = key_in(texts[0])
    except NotKey as error:
        return DKIM.fail(f"The record at {name} cannot be used: {error}.", "Copy it again from your provider, whole.")
    return of_key(name, key)


def of_key(name: str, key: Key) -> Finding:
    """Say how a key stands."""
    if key.revoked:
        return DKIM.fail(f"The key at {name} was revoked (p= is empty).", "Put the key your provider shows there.")
    if key.kind == "rsa" and key.bits < WEAKEST:
        words = f"The key at {name} has about {key.bits} bits, and receivers count none below {WEAKEST}."
        return DKIM.fail(words, f"Make a new one of {GOOD} bits.")
    if key.testing:
        return DKIM.warn(f"The key at {name} is marked as a test (t=y).", "Take t=y out once letters arrive.")
    return DKIM.ok(f"There is a key at {name}" + (f" (RSA, about {key.bits} bits)." if key.bits else f" ({key.kind})."))

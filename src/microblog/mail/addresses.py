"""Email addresses: what counts as one, and when two spellings are the same mailbox."""

import string
from dataclasses import dataclass
from functools import lru_cache

import regex
from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
# What a paste brings along and nobody sees: any white space, marks of direction, joiners, fillers, byte order marks.
UNSEEN = r"\s\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800"
ENDS = regex.compile(rf"\A[{UNSEEN}]+|(?<![{UNSEEN}])[{UNSEEN}]+\Z")  # looked for once in each run: linear in time
IN_FRONT = regex.compile(rf"\A[{UNSEEN}@\uff20]+")
LOWER_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class BadAddress(ValueError):  # noqa: N818 - a refusal in the person's words
    """The text is not an email address; the message says why."""


@dataclass(frozen=True)
class Address:
    """A valid address as its owner writes it (`spelled`), and the key all its spellings share."""

    spelled: str
    key: str


def without_invisible(typed: str) -> str:
    """Return what was typed or pasted without what nobody can see around it. Inside it, it may be meant to deceive."""
    return ENDS.sub("", typed)


def clean_identifier(typed: str) -> str:
    """Return a username or an address as its owner writes it: nothing invisible, and no @ in front as in a mention.

    Whatever takes a name or an address from a person reads it by this.
    """
    return IN_FRONT.sub("", without_invisible(typed))


def parse_address(typed: str) -> Address:
    """Read an address by RFC 5321, 6531 and IDNA 2008, without asking the DNS.

    The key lowers ASCII letters only. Folding others would make one mailbox of two: `straße` of `strasse`.

    Raises:
        BadAddress: with the reason in words.
    """
    cleaned = clean_identifier(typed)
    typed = cleaned if "@" in cleaned else without_invisible(typed)
    if len(typed) > LONGEST:
        raise BadAddress(f"An email address has at most {LONGEST} characters.")
    try:
        found = validate_email(typed, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from error
    if "=?" in found.local_part:  # it could pass for an encoded word (RFC 2047), which hides any other text
        raise BadAddress("The part before the @-sign cannot have a question mark right after an equals sign.")
    key = f"{found.local_part.translate(LOWER_ASCII)}@{found.ascii_domain}"
    return Address(found.normalized, key)


def canonical_identifier(typed: str) -> str:
    """Return the key that a username or an address is looked up by; any text at all gets one, known or not."""
    typed = clean_identifier(typed)
    if "@" in typed:
        try:
            return parse_address(typed).key
        except BadAddress:
            return typed.translate(LOWER_ASCII)
    return typed.translate(LOWER_ASCII)


def for_the_wire(address: str) -> str:
    """Return an address with its domain in ASCII (IDNA), as SMTP and DNS want it; the local part stays as it is.

    Raises:
        ValueError: for a domain, or a local part beyond ASCII, that no address can have.
    """
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        local = validate_email(f"{local}@test", check_deliverability=False, test_environment=True).local_part
    return f"{local}@{ascii_domain(domain)}"


@lru_cache(maxsize=1024)
def ascii_domain(domain: str) -> str:
    """Return a domain in ASCII. Cached, for it takes longer than rendering the rest of an email."""
    return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain

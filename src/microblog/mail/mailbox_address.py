"""Mailbox addresses (RFC 5322), as developers write them: `Doe, Inc. <a@b.example>`, or a pair."""

import re
from dataclasses import dataclass
from email.headerregistry import Address as HeaderAddress

from microblog.mail.addresses import BadAddress, for_the_wire, parse_address

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(r"\\(.)")
# Control characters, line separators, the marks that turn a text around, and halves of characters.
UNFIT = re.compile(r"[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HERE = re.compile(r"[A-Za-z0-9._+-]{1,64}@localhost")  # ADMINS may have such a one too, in a trial


@dataclass(frozen=True)
class MailboxAddress:
    """An address, and the name of who is behind it, which may be empty (RFC 5322 section 3.4, "mailbox")."""

    name: str
    address: str

    @property
    def wire(self) -> str:
        """The address as SMTP wants it."""
        return for_the_wire(self.address)

    def __str__(self) -> str:
        local, _, domain = self.address.rpartition("@")
        return str(HeaderAddress(self.name, local, domain))


def parse_mailbox(typed: str | tuple[str, str]) -> MailboxAddress:
    """Read an address, alone or with a name. A name may have any marks in it, commas too, in quotes or not.

    Raises:
        BadAddress: with the reason in words.
    """
    name, address = split_address(typed) if isinstance(typed, str) else typed
    if UNFIT.search(name + address):
        raise BadAddress("A name or an address cannot have line breaks or other control characters in it.")
    return MailboxAddress(name, address if HERE.fullmatch(address) else parse_address(address).spelled)


def split_address(text: str) -> tuple[str, str]:
    """Split `name <address>` at the last angle bracket; without one all is address."""
    name, opened, address = text.strip(" ").rpartition("<")
    if not opened or not address.endswith(">"):
        return "", text
    quoted = QUOTED.fullmatch(name.strip(" "))
    return ESCAPED.sub(r"\1", quoted[1]) if quoted else name.strip(" "), address[:-1]

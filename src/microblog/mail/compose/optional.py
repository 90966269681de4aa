"""Optional header fields: those of subscription emails and of replies, each with a rule of its own."""

import re
from collections.abc import Callable, Mapping

from microblog.mail.compose.fields import LIKE_ENCODED, addr_spec, mailbox_field, message_ids

URI = r"<(?:https?://|mailto:)[!-;=?-~]+>"
URIS = re.compile(rf"{URI}(?:, ?{URI})*")
LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
NAMED = re.compile(r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^"<>]*?)) ?<(?P<address>[^<>]*)>')
UNSUBSCRIBE, ONE_CLICK = "List-Unsubscribe", "List-Unsubscribe-Post"


def optional_fields(headers: Mapping[str, str]) -> list[str]:
    """Return the fields as they leave.

    Raises:
        ValueError: for a header that is not in RULES, or a value that breaks its rule.
    """
    if unknown := [name for name in headers if name not in RULES]:
        raise ValueError(f"an email cannot carry the header {unknown[0]!a}; it can carry {', '.join(RULES)}")
    if ONE_CLICK in headers and UNSUBSCRIBE not in headers:
        raise ValueError(f"{ONE_CLICK} says nothing without {UNSUBSCRIBE}")
    return [RULES[name](value) for name, value in headers.items()]


def unsubscribe(value: str) -> str:
    """Addresses of pages or mailboxes, each in angle brackets (RFC 2369 section 3.2)."""
    if not URIS.fullmatch(value) or LIKE_ENCODED in value:
        raise ValueError(f"{UNSUBSCRIBE} is <https://…> or <mailto:…>, with commas between several")
    return f"{UNSUBSCRIBE}: " + ",\r\n ".join(re.findall(URI, value))


def one_click(value: str) -> str:
    """The one value there is (RFC 8058 section 3.1)."""
    if value != "List-Unsubscribe=One-Click":
        raise ValueError(f"{ONE_CLICK} is List-Unsubscribe=One-Click and nothing else")
    return f"{ONE_CLICK}: {value}"


def list_id(value: str) -> str:
    """A name, which may be missing, and an identifier like a host's in angle brackets (RFC 2919 section 3)."""
    name, identifier = split_address(value)
    if not LIST_ID.fullmatch(identifier):
        raise ValueError("List-Id is a name and <digest.blog.example>")
    return mailbox_field("List-Id", name, f"<{identifier}>" if not name else identifier)


def reply_to(value: str) -> str:
    """One address, with or without a name (RFC 5322 section 3.6.2)."""
    name, address = split_address(value)
    return mailbox_field("Reply-To", name, addr_spec(address))


def split_address(value: str) -> tuple[str, str]:
    """Split `name <address>`; without angle brackets all is address."""
    found = NAMED.fullmatch(value)
    if not found:
        return "", value
    name = found["plain"] if found["quoted"] is None else re.sub(r"\\(.)", r"\1", found["quoted"])
    return name, found["address"]


RULES: Mapping[str, Callable[[str], str]] = {
    UNSUBSCRIBE: unsubscribe,
    ONE_CLICK: one_click,
    "List-Id": list_id,
    "In-Reply-To": lambda value: f"In-Reply-To: {message_ids(value)}",
    "References": lambda value: f"References: {message_ids(value)}",
    "Reply-To": reply_to,
}
"""The fields an email may be given, each with what writes it or refuses its value."""

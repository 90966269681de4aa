"""Domain names: which belong together, and which are public."""

from microblog.settings.readers import is_ip

SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})
NOWHERE = (".localhost", ".local", ".internal", ".invalid", ".lan")


def domain_of(address: str) -> str:
    """Return the domain of an email address."""
    return address.rpartition("@")[2].lower()


def organisational_domain(domain: str) -> str:
    """Return the registered domain: the last two labels, or three under a public suffix such as co.uk.

    Plain rules, not the public suffix list: they serve to point out, never to decide.
    """
    names = domain.rstrip(".").lower().split(".")
    below = 3 if len(names) > 2 and names[-2] in SECOND_LEVEL and len(names[-1]) == 2 else 2  # noqa: PLR2004
    return ".".join(names[-below:])


def is_public_name(host: str) -> bool:
    """Tell whether a name can be in the public DNS: not an address, nor a name of this computer or local network."""
    return "." in host and not is_ip(host) and not host.endswith(NOWHERE)

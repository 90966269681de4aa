"""Domain names: which belong together, and which nobody outside can find."""

from microblog.settings.readers import is_ip

SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})
NOWHERE = (".localhost", ".local", ".internal", ".invalid", ".lan")


def domain_of(address: str) -> str:
    """Return the part of an address behind its @."""
    return address.rpartition("@")[2].lower()


def organisation(domain: str) -> str:
    """Return the domain that was registered: the last two names, or three under a public one such as co.uk.

    Plain rules, not the public suffix list: they serve to point out, never to decide.
    """
    names = domain.rstrip(".").lower().split(".")
    below = 3 if len(names) > 2 and names[-2] in SECOND_LEVEL and len(names[-1]) == 2 else 2  # noqa: PLR2004
    return ".".join(names[-below:])


def findable(host: str) -> bool:
    """Tell whether a name could be known to the whole world: no address, no name of this computer or network alone."""
    return "." in host and not is_ip(host) and not host.endswith(NOWHERE)

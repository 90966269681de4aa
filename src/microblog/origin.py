"""Roughly where something came from: a kind of browser and a network, in words of our own.

Never exact, and never the visitor's own text: what a browser calls itself is chosen by whoever sends it, so it is only
looked at, and one of the names below is kept.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a browser's name is known by. Most of them also name those further down, so the order decides."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
NO_BROWSER, NO_SYSTEM = "An unknown browser", "an unknown system"
LOOKED_AT = 500  # characters of what a browser says of itself
IPV4_PREFIX, IPV6_PREFIX = 24, 48  # a neighbourhood, not a household


@dataclass(frozen=True)
class Origin:
    """A kind of device ("Firefox on Windows") and a network ("192.0.2.0/24"); both empty where nobody asked by web."""

    device: str = ""
    network: str = ""

    @property
    def words(self) -> str:
        """Say it in a few words."""
        if not self.device:
            return "an unknown place"
        return f"{self.device}, network {self.network}" if self.network else self.device


NOWHERE = Origin()
"""Where a command or a background job comes from."""
SAMPLE_ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24")  # a network nobody has (RFC 5737)


def origin_of(user_agent: str, address: str) -> Origin:
    """Return the origin of a request, by its User-Agent (RFC 9110 section 10.1.5) and network address."""
    return Origin(device_of(user_agent), network_of(address))


def device_of(user_agent: str) -> str:
    """Name a browser and its system."""
    text = user_agent[:LOOKED_AT]
    browser = next((name for mark, name in BROWSERS if mark in text), NO_BROWSER)
    system = next((name for mark, name in SYSTEMS if mark in text), NO_SYSTEM)
    return f"{browser} on {system}"


@lru_cache(1024)  # a request asks several times
def network_of(address: str) -> str:
    """Return the wide network an address is in; empty for what is none."""
    try:
        found = ip_address(address.partition("%")[0])  # without a zone (RFC 4007)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    prefix = IPV6_PREFIX if isinstance(found, IPv6Address) else IPV4_PREFIX
    return str(ip_network(f"{found}/{prefix}", strict=False))

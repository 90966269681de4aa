"""Where something came from, roughly and in our own words: nothing a browser says of itself is ever repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.origin import BROWSERS, NO_BROWSER, NO_SYSTEM, SYSTEMS, Origin, origin_of

NAMES = {
    f"{browser} on {system}"
    for browser in (NO_BROWSER, *dict(BROWSERS).values())
    for system in (NO_SYSTEM, *dict(SYSTEMS).values())
}


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/27.0 Chrome/125.0 Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("curl/8.5.0", "An unknown browser on an unknown system"),
        ("", "An unknown browser on an unknown system"),
    ],
)
def test_a_browser_is_known_by_its_marks(user_agent: str, device: str) -> None:
    assert origin_of(user_agent, "").device == device


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_network_is_never_exact(address: str, network: str) -> None:
    assert origin_of("", address).network == network


@given(st.text(max_size=600), st.text(max_size=60))
def test_whatever_is_sent_only_our_own_words_are_kept(user_agent: str, address: str) -> None:
    found = origin_of(user_agent, address)
    assert found.device in NAMES
    assert len(found.network) <= 50


def test_it_is_told_in_a_few_words() -> None:
    assert Origin("Firefox on Windows", "192.0.2.0/24").words == "Firefox on Windows, network 192.0.2.0/24"
    assert Origin("Firefox on Windows").words == "Firefox on Windows"
    assert Origin().words == "an unknown place"

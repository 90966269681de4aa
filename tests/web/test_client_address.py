"""Who a request comes from, in whatever form a proxy writes it down, and a word in the log where nobody can tell."""

from collections.abc import Callable

import pytest

from microblog.web.server.client_address import client_network, forwarded_address, read_address
from support.running import RunningSite

SiteWith = Callable[..., RunningSite]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:5123", "192.0.2.1"),
        ('"192.0.2.1:5123"', "192.0.2.1"),
        ("[192.0.2.1]:5123", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:5123", "2001:db8::1"),
        ('"[2001:db8::1]:5123"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%eth0]:5123", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:5123", "192.0.2.1"),
    ],
)
def test_an_address_is_read_as_proxies_write_it(written: str, address: str) -> None:
    assert str(read_address(written)) == address


@pytest.mark.parametrize(
    "written",
    ["", "unknown", "_hidden", "localhost", "192.0.2", "192.0.2.1:", "192.0.2.1:a", "192.0.2.256:1", "[2001:db8::1",
     "[]", "[]:80", "[192.0.2.1]x", "192.0.2.1:123456", "²", "1.2.3.4, 5.6.7.8"],
)  # fmt: skip
def test_what_is_no_address_is_none(written: str) -> None:
    assert read_address(written) is None


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        ("192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1:80", 1, "192.0.2.1"),
        ("203.0.113.9, [2001:db8::1]:80, 192.0.2.1", 2, "2001:db8::1"),
        ("192.0.2.1", 2, "None"),
        ("192.0.2.1", 0, "None"),
        ("192.0.2.1, unknown", 1, "None"),
        ("", 1, "None"),
    ],
)
def test_the_outermost_trusted_proxy_names_the_client(header: str, proxies: int, address: str) -> None:
    assert str(forwarded_address(header, proxies)) == address


def test_a_household_of_ipv6_is_one_client() -> None:
    one, same, other = (read_address(f"2001:db8:0:{part}") for part in ("1::1", "1:ffff::9", "2::1"))
    assert one
    assert same
    assert other
    assert client_network(one) == client_network(same) != client_network(other)


def asked(site: RunningSite, *written: str) -> list[int]:
    """Ask for a reset by each of these clients, and return the statuses."""
    visitors = [site.visitor(**({"X-Forwarded-For": one} if one else {})) for one in written]
    return [visitor.submit("/reset_password_request", email="alice").status for visitor in visitors]


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("192.0.2.1:5123", "192.0.2.1:5124", "192.0.2.2:5123"),
        ("[2001:db8::1]:5123", "2001:db8::1", "[2001:db8:0:1::1]:5123"),
    ],
)
def test_a_port_beside_the_address_makes_nobody_another_client_and_all_not_the_same(
    site_with: SiteWith, one: str, same: str, other: str
) -> None:
    site = site_with(TRUSTED_PROXIES="1", LIMIT_RESET_PER_CLIENT="1/hour").start(deliver=False)
    assert asked(site, one, same, other) == [200, 429, 200]


@pytest.mark.parametrize(
    ("written", "words"),
    [("unknown", "holds something that is no IP address"), ("", "is missing, or names fewer addresses")],
)
def test_the_log_says_once_where_the_client_cannot_be_known(
    site_with: SiteWith, caplog: pytest.LogCaptureFixture, written: str, words: str
) -> None:
    site = site_with(TRUSTED_PROXIES="1").start(deliver=False)
    assert asked(site, "192.0.2.1") == [200]
    assert "X-Forwarded-For" not in caplog.text
    asked(site, written, written)
    (said,) = [record.getMessage() for record in caplog.records if "X-Forwarded-For" in record.getMessage()]
    assert words in said
    assert "count as one client" in said


def test_where_no_proxy_is_trusted_nothing_is_said_of_what_it_might_have_written(
    site_with: SiteWith, caplog: pytest.LogCaptureFixture
) -> None:
    site = site_with().start(deliver=False)
    asked(site, "unknown", "")
    assert "X-Forwarded-For" not in caplog.text

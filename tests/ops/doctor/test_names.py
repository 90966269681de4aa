"""Domain names: which belong together, and which nobody outside can find."""

import pytest

from microblog.ops.doctor.names import domain_of, is_public_name, organisational_domain


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("blog.example", "blog.example"),
        ("news.Blog.Example.", "blog.example"),
        ("a.b.c.blog.example", "blog.example"),
        ("news.blog.co.uk", "blog.co.uk"),
        ("blog.co.uk", "blog.co.uk"),
        ("co.uk", "co.uk"),
        ("news.co.example", "co.example"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_domain_is_the_last_two_names_or_three(domain: str, registered: str) -> None:
    assert organisational_domain(domain) == registered


@pytest.mark.parametrize("host", ["blog.example", "a.b.co.uk"])
def test_a_name_in_the_dns_can_be_found(host: str) -> None:
    assert is_public_name(host)


@pytest.mark.parametrize("host", ["localhost", "intranet", "192.0.2.7", "2001:db8::7", "nas.local", "x.internal", ""])
def test_a_name_of_this_network_alone_cannot(host: str) -> None:
    assert not is_public_name(host)


def test_the_domain_of_an_address_is_what_is_behind_its_last_at_sign() -> None:
    assert domain_of('"a@b"@Blog.Example') == "blog.example"

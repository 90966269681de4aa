"""Asking the DNS: what is there, what is not, and what nobody answers."""

import pytest

from microblog.ops.doctor.dns import Dns, DnsUnavailable
from support.dns_server import BROKEN, SILENT, DnsServer

LONG = "v=DKIM1; p=" + "A" * 400


@pytest.fixture
def zone() -> dict[tuple[str, str], list[str]]:
    """What there is."""
    return {
        ("blog.example", "TXT"): ["v=spf1 -all", "another"],
        ("s1._domainkey.blog.example", "TXT"): [LONG],
        ("blog.example", "A"): ["192.0.2.7"],
        ("blog.example", "AAAA"): ["2001:db8::7"],
        ("blog.example", "MX"): ["10 mail.blog.example."],
        ("silent-on-mail.example", "MX"): ["0 ."],
    }


def test_what_is_there_is_returned(zone: dict[tuple[str, str], list[str]]) -> None:
    with DnsServer(zone) as server:
        dns = Dns("127.0.0.1", server.port)
        assert sorted(dns.txt_records("blog.example")) == ["another", "v=spf1 -all"]
        assert dns.txt_records("s1._domainkey.blog.example") == [LONG]
        assert dns.addresses("blog.example") == ["192.0.2.7", "2001:db8::7"]
        assert dns.mx_hosts("blog.example") == ["mail.blog.example."]
        assert dns.mx_hosts("silent-on-mail.example") == ["."]


def test_what_is_not_there_is_an_empty_answer(zone: dict[tuple[str, str], list[str]]) -> None:
    with DnsServer(zone) as server:
        dns = Dns("127.0.0.1", server.port)
        assert dns.txt_records("nowhere.example") == []
        assert dns.addresses("silent-on-mail.example") == []
        assert dns.mx_hosts("s1._domainkey.blog.example") == []


def test_a_name_whose_servers_are_broken_is_nobodys_knowledge_and_others_are_still_asked(
    zone: dict[tuple[str, str], list[str]],
) -> None:
    with DnsServer(zone) as server:
        server.faults["broken.example"] = BROKEN
        dns = Dns("127.0.0.1", server.port, seconds=1)
        with pytest.raises(DnsUnavailable, match=r"about broken\.example"):
            dns.txt_records("broken.example")
        assert dns.addresses("blog.example")


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", "ü" * 70 + ".example"])
def test_what_is_no_name_is_nobodys_knowledge(name: str) -> None:
    with DnsServer() as server:
        with pytest.raises(DnsUnavailable):
            Dns("127.0.0.1", server.port).txt_records(name)
        assert server.asked == []


def test_where_nobody_answers_the_first_question_is_the_last() -> None:
    with DnsServer() as server:
        server.faults[""] = SILENT
        dns = Dns("127.0.0.1", server.port, seconds=0.2)
        with pytest.raises(DnsUnavailable, match="could not ask the DNS"):
            dns.txt_records("one.example")
        first = len(server.asked)
        for name in ("two.example", "three.example"):
            with pytest.raises(DnsUnavailable):
                dns.txt_records(name)
        assert {name for name, _ in server.asked} == {"one.example"}
        assert len(server.asked) == first


def test_a_server_that_is_not_there_is_nobodys_knowledge() -> None:
    with DnsServer() as server:
        port = server.port
    with pytest.raises(DnsUnavailable):
        Dns("127.0.0.1", port, seconds=1).txt_records("blog.example")

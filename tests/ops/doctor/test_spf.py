"""SPF: how a record stands, and what to do; table by table."""

from collections.abc import Mapping
from functools import partial

import pytest

from microblog.ops.doctor import spf
from microblog.ops.doctor.dns import DnsUnavailable
from microblog.ops.doctor.findings import Finding, Level

ZONE = {
    "sendgrid.net": ["v=spf1 ip4:192.0.2.0/24 -all"],
    "_spf.google.com": ["v=spf1 include:_netblocks.google.com include:_netblocks2.google.com ~all"],
    "_netblocks.google.com": ["v=spf1 ip4:192.0.2.0/24 ~all"],
    "_netblocks2.google.com": ["v=spf1 ip6:2001:db8::/32 ~all"],
    "all-in-one.example": ["v=spf1 include:sendgrid.net include:_spf.google.com ~all"],
    "loop.example": ["v=spf1 include:blog.example ~all"],
    "endless.example": ["v=spf1 include:1.endless.example ~all"],
    **{f"{n}.endless.example": [f"v=spf1 include:{n + 1}.endless.example ~all"] for n in range(1, 99)},
}
MANY = " ".join(f"a:host{number}.example" for number in range(11))


def examined(*records: str, wanted: str = "sendgrid.net") -> Finding:
    zone = {**ZONE, "blog.example": list(records)}
    return spf.check_spf("blog.example", partial(texts, zone), wanted)


def texts(zone: Mapping[str, list[str]], name: str) -> list[str]:
    """Answer like a DNS that has these records."""
    assert "%" not in name, "what the sender's address decides cannot be asked for without one"
    return zone.get(name, [])


CASES = [
    ("OK", ["v=spf1 include:sendgrid.net ~all"], "1 of 10"),
    ("OK", ["V=SPF1 INCLUDE:SendGrid.net -ALL"], "1 of 10"),
    ("OK", ["google-site-verification=x", "v=spf1 include:sendgrid.net -all"], "1 of 10"),
    ("OK", ["v=spf1 a mx ip4:192.0.2.7 ip6:2001:db8::7 include:sendgrid.net -all"], "3 of 10"),
    ("OK", ["v=spf1 include:all-in-one.example -all"], "5 of 10"),
    ("OK", ["v=spf1 redirect=all-in-one.example"], "5 of 10"),
    ("OK", ["v=spf1 a/24 mx/24//64 include:sendgrid.net unknown=x exp=why.example -all"], "3 of 10"),
    ("OK", ["v=spf1 include:loop.example include:sendgrid.net ~all"], "3 of 10"),
    ("OK", ["v=spf1 include:%{i}._spf.example include:sendgrid.net ~all"], "2 of 10"),
    ("WARN", [], 'has no SPF record|"v=spf1 include:sendgrid.net ~all" at blog.example'),
    ("WARN", ["v=spf10 -all", "spf1 -all"], "has no SPF record"),
    ("WARN", ["v=spf1 include:sendgrid.net"], "says nothing of senders"),
    ("WARN", ["v=spf1 include:sendgrid.net ?all"], "says nothing of senders"),
    ("WARN", ["v=spf1 a mx -all"], "does not include sendgrid.net|Add include:sendgrid.net"),
    ("WARN", [f"v=spf1 {MANY} include:sendgrid.net -all"], "costs 12 or more questions"),
    ("WARN", ["v=spf1 include:endless.example -all"], "costs 30 or more questions"),
    ("FAIL", ["v=spf1 include:sendgrid.net +all"], "lets everybody send as you"),
    ("FAIL", ["v=spf1 all"], "lets everybody send as you"),
    ("FAIL", ["v=spf1 a -all", "v=spf1 mx -all"], "2 SPF records"),
    ("FAIL", ["v=spf1 ipv4:192.0.2.7 -all"], '"ipv4:192.0.2.7" is no term of SPF'),
    ("FAIL", ["v=spf1 ip4:192.0.2.777 -all"], '"ip4:192.0.2.777" is no term'),
    ("FAIL", ["v=spf1 ip4:2001:db8::7 -all"], "is no term"),
    ("FAIL", ["v=spf1 include: -all"], '"include:" is no term'),
    ("FAIL", ["v=spf1 sendgrid.net -all"], '"sendgrid.net" is no term'),
    ("FAIL", ["v=spf1 a, mx -all"], '"a," is no term'),
    ("FAIL", ["v=spf1 -all:x"], "is no term"),
]


@pytest.mark.parametrize(("level", "records", "words"), CASES)
def test_a_record_is_judged_and_told_what_to_do(level: str, records: list[str], words: str) -> None:
    finding = examined(*records)
    assert finding.level == level, finding
    assert all(word in finding.words + finding.remedy for word in words.split("|")), finding
    assert bool(finding.remedy) == (finding.level is not Level.OK)


def test_without_a_known_provider_nothing_need_be_included() -> None:
    assert examined("v=spf1 a mx -all", wanted="").level is Level.OK
    assert '"v=spf1 a mx ~all"' in examined(wanted="").remedy


def test_a_lookup_that_is_not_answered_is_not_hidden() -> None:
    def unanswered(name: str) -> list[str]:
        if name == "blog.example":
            return ["v=spf1 include:sendgrid.net -all"]
        raise DnsUnavailable

    with pytest.raises(DnsUnavailable):
        spf.check_spf("blog.example", unanswered)

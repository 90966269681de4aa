"""DMARC: where the policy stands, and which one holds."""

import pytest

from microblog.ops.doctor import dmarc
from microblog.ops.doctor.dmarc import Policy
from microblog.ops.doctor.findings import Level

HERE, ABOVE = "_dmarc.news.blog.example", "_dmarc.blog.example"

PLACES = [
    ({HERE: ["v=DMARC1; p=none"], ABOVE: ["v=DMARC1; p=reject"]}, "news.blog.example", 1),
    ({ABOVE: ["v=DMARC1; p=reject"]}, "blog.example", 1),
    ({HERE: ["some other text"], ABOVE: ["v=DMARC1; p=reject"]}, "blog.example", 1),
    ({HERE: ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "news.blog.example", 2),
    ({"_dmarc.example": ["v=DMARC1; p=reject"]}, "news.blog.example", 0),
    ({}, "news.blog.example", 0),
]


@pytest.mark.parametrize(("zone", "at", "count"), PLACES)
def test_the_policy_is_the_domains_own_or_the_next_one_above(zone: dict[str, list[str]], at: str, count: int) -> None:
    found_at, found = dmarc.find_policy_records("news.blog.example", lambda name: zone.get(name, []))
    assert (found_at, len(found)) == (at, count)


POLICIES = [
    ("v=DMARC1; p=none", Policy("blog.example", "none", False, False, False)),
    ("v=DMARC1;p=reject;rua=mailto:d@blog.example", Policy("blog.example", "reject", False, False, True)),
    ("v=DMARC1; p=quarantine; adkim=s; aspf=r", Policy("blog.example", "quarantine", True, False, False)),
    ("V=DMARC1; P=None; ASPF=S", Policy("blog.example", "none", False, True, False)),
    ("v=DMARC1; p=maybe", None),
    ("v=DMARC1; rua=mailto:d@blog.example", None),
]


@pytest.mark.parametrize(("text", "policy"), POLICIES)
def test_a_record_is_read(text: str, policy: Policy | None) -> None:
    assert dmarc.parse_policy("blog.example", "blog.example", text) == policy


def test_a_domain_below_has_the_policy_for_those_below() -> None:
    above = "v=DMARC1; p=reject; sp=none"
    found = dmarc.parse_policy("news.blog.example", "blog.example", above)
    own = dmarc.parse_policy("blog.example", "blog.example", above)
    assert found
    assert own
    assert (found.policy, own.policy) == ("none", "reject")


@pytest.mark.parametrize(
    ("records", "level", "words"),
    [
        (["v=DMARC1; p=none"], "OK", "at _dmarc.blog.example"),
        ([], "WARN", 'Add the TXT record "v=DMARC1; p=none; rua=mailto:postmaster@news.blog.example"'),
        (["v=DMARC1; p=none", "v=DMARC1; p=none"], "FAIL", "2 DMARC records"),
        (["v=DMARC1; p=maybe"], "FAIL", "no policy that receivers know"),
    ],
)
def test_how_it_stands_is_told(records: list[str], level: str, words: str) -> None:
    finding, policy = dmarc.check_policy("news.blog.example", "blog.example", records)
    assert finding.level == level
    assert words in finding.words + finding.remedy
    assert bool(policy) == (finding.level is Level.OK)
    assert bool(finding.remedy) == (finding.level is not Level.OK)

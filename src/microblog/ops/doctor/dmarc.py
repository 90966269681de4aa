"""DMARC (RFC 7489): the policy for emails that fail authentication. Functions of the TXT records."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from microblog.ops.doctor.dkim import parse_tags
from microblog.ops.doctor.findings import Finding, Subject

DMARC = Subject("DMARC")
POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True)
class Policy:
    """A domain's policy. Strict alignment needs equal names; relaxed, the same organisational domain."""

    at: str
    policy: str
    strict_dkim: bool
    strict_spf: bool
    reports: bool


def dmarc_records(texts: Sequence[str]) -> list[str]:
    """Return the DMARC records among TXT records: those that begin with the version."""
    return [text for text in texts if text.replace(" ", "").lower().partition(";")[0] == "v=dmarc1"]


def policy_domains(domain: str) -> Iterator[str]:
    """Yield the domains whose policy may apply: the domain itself and its parents, down to two labels."""
    names = domain.split(".")
    for start in range(max(1, len(names) - 1)):
        yield ".".join(names[start:])


def find_policy_records(domain: str, texts: Callable[[str], Sequence[str]]) -> tuple[str, list[str]]:
    """Return the domain whose policy applies, and its DMARC records, which may be none."""
    for one in policy_domains(domain):
        if found := dmarc_records(texts(f"_dmarc.{one}")):
            return one, found
    return domain, []


def parse_policy(domain: str, at: str, text: str) -> Policy | None:
    """Parse the record at `at` for emails from `domain`. None if its policy is not one of DMARC."""
    given = {name: value.lower() for name, value in parse_tags(text).items()}
    policy = given.get("p", "")
    if at != domain:
        policy = given.get("sp", policy)
    if policy not in POLICIES:
        return None
    return Policy(at, policy, given.get("adkim") == "s", given.get("aspf") == "s", "rua" in given)


def check_policy(domain: str, at: str, found: Sequence[str]) -> tuple[Finding, Policy | None]:
    """Check a domain's DMARC records, and return the policy that applies."""
    place = f"_dmarc.{at}"
    if not found:
        words = f"There is no DMARC record at _dmarc.{domain}. Gmail, Yahoo and Microsoft ask for one."
        remedy = f'Add the TXT record "v=DMARC1; p=none; rua=mailto:postmaster@{domain}" at _dmarc.{domain}.'
        return DMARC.warn(words, remedy), None
    if len(found) > 1:
        words = f"There are {len(found)} DMARC records at {place}. Receivers then count none of them."
        return DMARC.fail(words, "Keep one of them."), None
    policy = parse_policy(domain, at, found[0])
    if policy is None:
        words = f"The record at {place} has no policy that receivers know. It is: {found[0]}"
        return DMARC.fail(words, "Give it p=none, p=quarantine or p=reject, right behind v=DMARC1;."), None
    return DMARC.ok(f"{found[0]} (at {place})"), policy

"""DMARC (RFC 7489): what receivers shall do with letters that are not the domain's. Functions of the TXT records."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from microblog.ops.doctor.dkim import tags
from microblog.ops.doctor.findings import Finding, Subject

DMARC = Subject("DMARC")
POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True)
class Policy:
    """What holds for letters from a domain. Strict means that names must be equal; else one organisation is enough."""

    at: str
    policy: str
    strict_dkim: bool
    strict_spf: bool
    reports: bool


def records(texts: Sequence[str]) -> list[str]:
    """Return those of the TXT records that are DMARC: the version comes first, and nothing else counts."""
    return [text for text in texts if text.replace(" ", "").lower().partition(";")[0] == "v=dmarc1"]


def domains(domain: str) -> Iterator[str]:
    """Yield where a policy may stand: at the domain itself, else at one above it, down to two names."""
    names = domain.split(".")
    for start in range(max(1, len(names) - 1)):
        yield ".".join(names[start:])


def find(domain: str, texts: Callable[[str], Sequence[str]]) -> tuple[str, list[str]]:
    """Return the domain whose policy holds, and its records; there are none where nobody has one."""
    for one in domains(domain):
        if found := records(texts(f"_dmarc.{one}")):
            return one, found
    return domain, []


def policy_in(domain: str, at: str, text: str) -> Policy | None:
    """Read a record found at `at` for letters from `domain`, None where its policy is no word of DMARC."""
    given = {name: value.lower() for name, value in tags(text).items()}
    policy = given.get("p", "")
    if at != domain:
        policy = given.get("sp", policy)
    if policy not in POLICIES:
        return None
    return Policy(at, policy, given.get("adkim") == "s", given.get("aspf") == "s", "rua" in given)


def examine(domain: str, at: str, found: Sequence[str]) -> tuple[Finding, Policy | None]:
    """Say how a domain's DMARC stands, and which policy holds."""
    place = f"_dmarc.{at}"
    if not found:
        words = f"There is no DMARC record at _dmarc.{domain}. Gmail, Yahoo and Microsoft ask for one."
        remedy = f'Add the TXT record "v=DMARC1; p=none; rua=mailto:postmaster@{domain}" at _dmarc.{domain}.'
        return DMARC.warn(words, remedy), None
    if len(found) > 1:
        words = f"There are {len(found)} DMARC records at {place}. Receivers then count none of them."
        return DMARC.fail(words, "Keep one of them."), None
    policy = policy_in(domain, at, found[0])
    if policy is None:
        words = f"The record at {place} has no policy that receivers know. It is: {found[0]}"
        return DMARC.fail(words, "Give it p=none, p=quarantine or p=reject, right behind v=DMARC1;."), None
    return DMARC.ok(f"{found[0]} (at {place})"), policy

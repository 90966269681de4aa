"""SPF (RFC 7208): who may send for a domain. Functions of the TXT records; `texts` looks up those of others."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import islice

from microblog.ops.doctor.findings import Finding, Subject

Texts = Callable[[str], Sequence[str]]

SPF = Subject("SPF")
MOST_LOOKUPS = 10  # RFC 7208 section 4.6.4; with one more, receivers take the whole record for broken
ENOUGH = 3 * MOST_LOOKUPS  # we stop there too
TERM = re.compile(r"(?P<sign>[+?~-]?)(?P<name>[a-z][a-z0-9_.-]*)(?:(?P<mark>[:=/])(?P<value>.*))?", re.IGNORECASE)
ASKS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
ELSEWHERE = frozenset({"include", "redirect"})
MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
NEEDS_VALUE = frozenset({"include", "exists"})


@dataclass(frozen=True)
class Term:
    """A term of a record, such as `include:sendgrid.net`."""

    sign: str
    name: str
    mark: str
    value: str

    def __str__(self) -> str:
        return f"{self.sign}{self.name}{self.mark}{self.value}"

    @property
    def mechanism(self) -> bool:
        """True for a mechanism, false for a modifier (`name=value`)."""
        return self.mark != "="


def spf_records(texts: Sequence[str]) -> list[str]:
    """Return the SPF records among TXT records."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def parse_terms(record: str) -> list[Term]:
    """Parse a record. An invalid term has an empty name."""
    return [parse_term(word) for word in record.split()[1:]]


def parse_term(word: str) -> Term:
    """Parse one term."""
    found = TERM.fullmatch(word)
    if not found:
        return Term("", "", "", word)
    return Term(found["sign"], found["name"].lower(), found["mark"] or "", found["value"] or "")


def is_well_formed(term: Term) -> bool:
    """Tell whether a term is valid; an invalid one makes the whole record a permanent error.

    A modifier that nobody knows is well-formed (RFC 7208 section 6).
    """
    if not term.mechanism:
        return bool(term.name)
    if term.name in ("ip4", "ip6"):
        return is_network(term.value, 4 if term.name == "ip4" else 6)
    if term.name == "all":
        return not term.mark
    return term.name in MECHANISMS and (bool(term.value) or term.name not in NEEDS_VALUE)


def is_network(value: str, version: int) -> bool:
    """Tell whether a value is a network of an IP version."""
    try:
        return ip_network(value, strict=False).version == version
    except ValueError:
        return False


def find_all_mechanism(found: Sequence[Term]) -> str:
    """Return the record's `all` mechanism (`-all`, `~all`, `?all` or `+all`), empty if it has none."""
    ends = [term for term in found if term.name == "all" and term.mechanism]
    return f"{ends[0].sign or '+'}all" if ends else ""


def walk_lookups(domain: str, texts: Texts, seen: set[str] | None = None) -> Iterator[Term]:
    """Yield the terms that need a DNS lookup, in a domain's record and in all that it includes, once each."""
    seen = {domain} if seen is None else seen
    for record in spf_records(texts(domain))[:1]:
        for term in parse_terms(record):
            if term.name in ASKS and (term.name == "redirect") == (not term.mechanism):
                yield term
                other = term.value.lower().rstrip(".")
                if term.name in ELSEWHERE and "%" not in other and other not in seen:
                    seen.add(other)
                    yield from walk_lookups(other, texts, seen)


def check_spf(domain: str, texts: Texts, wanted: str = "", suggestion: str = "a mx") -> Finding:
    """Check a domain's SPF. `wanted` is the domain that its provider wants included, empty if unknown.

    Raises:
        DnsUnavailable: whatever `texts` raises.
    """
    found = spf_records(texts(domain))
    suggested = f'"v=spf1 {f"include:{wanted}" if wanted else suggestion} ~all"'
    if not found:
        return SPF.warn(
            f"{domain} has no SPF record, so nobody can tell who may send for it.",
            f"Add the TXT record {suggested} at {domain}, with all others that send for it.",
        )
    if len(found) > 1:
        return SPF.fail(
            f"{domain} has {len(found)} SPF records. Receivers then count none of them.",
            "Put all they name into one record that begins with v=spf1, and remove the others.",
        )
    return check_record(domain, found[0], texts, wanted)


def check_record(domain: str, record: str, texts: Texts, wanted: str) -> Finding:
    """Check a domain's only SPF record."""
    parts = parse_terms(record)
    if wrong := [term for term in parts if not is_well_formed(term)]:
        words = f'Receivers take the record of {domain} for broken: "{wrong[0]}" is no term of SPF. It is: {record}'
        return SPF.fail(words, "Correct that word; a mechanism is one of " + ", ".join(sorted(MECHANISMS)) + ".")
    others = find_all_mechanism(parts)
    if others == "+all":
        return SPF.fail(f"The record of {domain} lets everybody send as you (+all).", "End it with ~all or -all.")
    asked = list(islice(walk_lookups(domain, texts), ENOUGH))
    if len(asked) > MOST_LOOKUPS:
        words = (
            f"The record of {domain} costs {len(asked)} or more questions to the DNS; receivers stop at {MOST_LOOKUPS}."
        )
        return SPF.warn(words, "Leave out what does not send for you any more, or name addresses (ip4, ip6) instead.")
    included = {term.value.lower().rstrip(".") for term in asked if term.name in ELSEWHERE}
    if wanted and wanted not in included:
        words = f"The record of {domain} does not include {wanted}, by which your emails leave. It is: {record}"
        return SPF.warn(words, f"Add include:{wanted} to it, before the word that ends with all.")
    if others in ("", "?all") and not any(term.name == "redirect" for term in parts):
        return SPF.warn(
            f"The record of {domain} says nothing of senders that it does not name. It is: {record}",
            "End it with ~all, or with -all once you are sure that it names everybody.",
        )
    return SPF.ok(f"{record} ({len(asked)} of {MOST_LOOKUPS} questions to the DNS)")

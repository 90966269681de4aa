"""SPF (RFC 7208): who may send for a domain. Functions of the TXT records; other domains are asked for by `texts`."""

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
    """One word of a record, such as `include:sendgrid.net`."""

    sign: str
    name: str
    mark: str
    value: str

    def __str__(self) -> str:
        return f"{self.sign}{self.name}{self.mark}{self.value}"

    @property
    def mechanism(self) -> bool:
        """False for a modifier, `name=value`."""
        return self.mark != "="


def records(texts: Sequence[str]) -> list[str]:
    """Return those of the TXT records that are SPF."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def terms(record: str) -> list[Term]:
    """Take a record apart. A word that is no term has an empty name."""
    return [term_in(word) for word in record.split()[1:]]


def term_in(word: str) -> Term:
    """Take one word apart."""
    found = TERM.fullmatch(word)
    if not found:
        return Term("", "", "", word)
    return Term(found["sign"], found["name"].lower(), found["mark"] or "", found["value"] or "")


def well_formed(term: Term) -> bool:
    """Tell whether a term is one; for one that is not, receivers take the whole record for broken.

    A modifier that nobody knows is well-formed (RFC 7208 section 6).
    """
    if not term.mechanism:
        return bool(term.name)
    if term.name in ("ip4", "ip6"):
        return network(term.value, 4 if term.name == "ip4" else 6)
    if term.name == "all":
        return not term.mark
    return term.name in MECHANISMS and (bool(term.value) or term.name not in NEEDS_VALUE)


def network(value: str, version: int) -> bool:
    """Tell whether this is a network of that version of IP."""
    try:
        return ip_network(value, strict=False).version == version
    except ValueError:
        return False


def verdict_for_others(found: Sequence[Term]) -> str:
    """Return what the record says of everybody it does not name: `-all`, `~all`, `?all`, `+all`, or nothing."""
    ends = [term for term in found if term.name == "all" and term.mechanism]
    return f"{ends[0].sign or '+'}all" if ends else ""


def walk(domain: str, texts: Texts, seen: set[str] | None = None) -> Iterator[Term]:
    """Yield the terms of a domain's record that cost a question, and of all records it includes, once each."""
    seen = {domain} if seen is None else seen
    for record in records(texts(domain))[:1]:
        for term in terms(record):
            if term.name in ASKS and (term.name == "redirect") == (not term.mechanism):
                yield term
                other = term.value.lower().rstrip(".")
                if term.name in ELSEWHERE and "%" not in other and other not in seen:
                    seen.add(other)
                    yield from walk(other, texts, seen)


def examine(domain: str, texts: Texts, wanted: str = "", suggestion: str = "a mx") -> Finding:
    """Say how a domain's SPF stands. `wanted` is what its provider wants included, empty where nobody knows.

    Raises:
        CannotAsk: whatever `texts` raises.
    """
    found = records(texts(domain))
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
    return of_one(domain, found[0], texts, wanted)


def of_one(domain: str, record: str, texts: Texts, wanted: str) -> Finding:
    """Say how the one record stands."""
    parts = terms(record)
    if wrong := [term for term in parts if not well_formed(term)]:
        words = f'Receivers take the record of {domain} for broken: "{wrong[0]}" is no term of SPF. It is: {record}'
        return SPF.fail(words, "Correct that word; a mechanism is one of " + ", ".join(sorted(MECHANISMS)) + ".")
    others = verdict_for_others(parts)
    if others == "+all":
        return SPF.fail(f"The record of {domain} lets everybody send as you (+all).", "End it with ~all or -all.")
    asked = list(islice(walk(domain, texts), ENOUGH))
    if len(asked) > MOST_LOOKUPS:
        words = (
            f"The record of {domain} costs {len(asked)} or more questions to the DNS; receivers stop at {MOST_LOOKUPS}."
        )
        return SPF.warn(words, "Leave out what does not send for you any more, or name addresses (ip4, ip6) instead.")
    included = {term.value.lower().rstrip(".") for term in asked if term.name in ELSEWHERE}
    if wanted and wanted not in included:
        words = f"The record of {domain} does not include {wanted}, by which your letters leave. It is: {record}"
        return SPF.warn(words, f"Add include:{wanted} to it, before the word that ends with all.")
    if others in ("", "?all") and not any(term.name == "redirect" for term in parts):
        return SPF.warn(
            f"The record of {domain} says nothing of senders that it does not name. It is: {record}",
            "End it with ~all, or with -all once you are sure that it names everybody.",
        )
    return SPF.ok(f"{record} ({len(asked)} of {MOST_LOOKUPS} questions to the DNS)")

"""SPF, DKIM and DMARC of the sender's domain, and whether receivers can tell by them that a letter is ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microblog.mail.addresses import for_the_wire
from microblog.ops.doctor import dkim, dmarc, spf
from microblog.ops.doctor.dmarc import Policy
from microblog.ops.doctor.dns import Dns
from microblog.ops.doctor.findings import Finding, Level, Subject
from microblog.ops.doctor.names import domain_of, organisation
from microblog.settings import Settings
from microblog.settings.providers import provider_for

ALIGNMENT = Subject("Alignment")


@dataclass(frozen=True)
class Habits:
    """How a provider sends: what SPF must include, and the selectors it usually signs with.

    One that does not keep the sender puts an address of its own on the envelope, so that SPF says nothing of ours.
    """

    name: str
    include: str
    selectors: tuple[str, ...] = ()
    keeps_sender: bool = False


HABITS = {
    habits.name: habits
    for habits in (
        Habits("Gmail", "_spf.google.com", ("google",), keeps_sender=True),
        Habits("SendGrid", "sendgrid.net", ("s1", "s2")),
        Habits("Mailgun", "mailgun.org", ("pdk1", "pdk2", "mx", "k1", "mailo", "smtp", "pic"), keeps_sender=True),
        Habits("Postmark", "spf.mtasv.net"),
        Habits("Amazon SES", "amazonses.com"),
        Habits("Brevo", "spf.brevo.com", ("brevo1", "brevo2", "mail")),
        Habits("Microsoft 365", "spf.protection.outlook.com", ("selector1", "selector2"), keeps_sender=True),
    )
}
OWN_SERVER = Habits("", "", keeps_sender=True)
HOW_TO_SIGN = (
    "Authenticate your domain in your provider's account (it shows DNS records to add), or let your own server sign."
)
NAME_IT = (
    "Send yourself a letter (`microblog mail test`), look at its source for s= in the DKIM-Signature, and give that to "
    "--dkim-selector."
)


def check_domain(settings: Settings, dns: Dns, selectors: Sequence[str]) -> Iterator[Finding]:
    """Look at the sender's domain as receivers do. `selectors` are those of DKIM that the operator named.

    Raises:
        CannotAsk: when the DNS does not answer.
    """
    provider = provider_for(settings.mail.provider, settings.mail.server)
    habits = HABITS.get(provider.name.partition(" (")[0], OWN_SERVER) if provider else OWN_SERVER
    domain = domain_of(for_the_wire(settings.mail.sender.address))
    signing = signing_domains(settings, domain)
    key, signer = find_key(signing, selectors or habits.selectors, dns, named=bool(selectors))
    yield key
    # Where the provider's own address is on the envelope and the signature speaks for us, SPF need not include it.
    include = habits.include if habits.keeps_sender or not signer else ""
    envelope = signing[-1]
    allowed = spf.examine(envelope, dns.texts, include)
    yield allowed
    found, policy = dmarc.examine(domain, *dmarc.find(domain, dns.texts))
    yield found
    known = bool(signer or selectors or habits.selectors)
    by_spf = habits.keeps_sender and allowed.level is Level.OK and aligned(domain, envelope, policy, "spf")
    by_dkim = bool(signer) and aligned(domain, signer, policy, "dkim")
    yield judge(domain, by_spf=by_spf, by_dkim=by_dkim, known=known)


def signing_domains(settings: Settings, domain: str) -> list[str]:
    """Return the domains that letters may be signed for, and the one on the envelope last.

    Mailgun signs for the domain of the login, which may be one below ours.
    """
    login = domain_of(settings.mail.username) if "@" in settings.mail.username else ""
    below = login and login != domain and organisation(login) == organisation(domain)
    return [domain, login] if below else [domain]


def find_key(domains: Sequence[str], selectors: Sequence[str], dns: Dns, *, named: bool) -> tuple[Finding, str]:
    """Return how the best key found stands, and the domain that it signs for, empty where none is good."""
    places = [(f"{selector}._domainkey.{domain}", domain) for domain in domains for selector in selectors]
    found = [(finding, domain) for place, domain in places if (finding := dkim.judge(place, dns.texts(place)))]
    if good := [one for one in found if one[0].level is Level.OK]:
        return good[0]
    return (found[0][0] if found else no_key([place for place, _ in places], named=named)), ""


def no_key(places: Sequence[str], *, named: bool) -> Finding:
    """Say that there is no key where it was looked for; a selector that somebody named should have one."""
    if not places:
        words = "Nobody can list the keys of a domain, and which selector signs your letters is not known here."
        return dkim.DKIM.warn(words, NAME_IT)
    words = f"There is no key at {', '.join(places)}."
    return dkim.DKIM.fail(words, HOW_TO_SIGN) if named else dkim.DKIM.warn(words, f"{HOW_TO_SIGN} Or: {NAME_IT}")


def aligned(domain: str, other: str, policy: Policy | None, way: str) -> bool:
    """Tell whether receivers take one domain's word for the other (RFC 7489 section 3.1)."""
    strict = policy is not None and (policy.strict_spf if way == "spf" else policy.strict_dkim)
    return domain == other if strict else organisation(domain) == organisation(other)


def judge(domain: str, *, by_spf: bool, by_dkim: bool, known: bool) -> Finding:
    """Say whether receivers can tell that letters are the domain's."""
    ways = " and ".join(way for way, holds in (("DKIM", by_dkim), ("SPF", by_spf)) if holds)
    if ways:
        return ALIGNMENT.ok(f"Receivers can tell by {ways} that a letter comes from {domain}.")
    words = f"Neither DKIM nor SPF shows receivers that a letter comes from {domain}"
    if not known:
        return ALIGNMENT.warn(f"{words}, as far as can be told without the selector of DKIM.", NAME_IT)
    return ALIGNMENT.fail(f"{words}. Gmail, Yahoo and Microsoft refuse such letters, or call them spam.", HOW_TO_SIGN)

"""SPF, DKIM and DMARC of the sender's domain, and their alignment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microblog.mail.addresses import for_the_wire
from microblog.ops.doctor import dkim, dmarc, spf
from microblog.ops.doctor.dmarc import Policy
from microblog.ops.doctor.dns import Dns
from microblog.ops.doctor.findings import Finding, Level, Subject
from microblog.ops.doctor.names import domain_of, organisational_domain
from microblog.settings import Settings
from microblog.settings.providers import provider_for

ALIGNMENT = Subject("Alignment")


@dataclass(frozen=True)
class SendingProfile:
    """A provider's SPF domain, which must be included, and its usual DKIM selectors.

    One that does not keep the sender puts an address of its own on the envelope, so that SPF says nothing of ours.
    """

    name: str
    include: str
    selectors: tuple[str, ...] = ()
    keeps_sender: bool = False


SENDING_PROFILES = {
    profile.name: profile
    for profile in (
        SendingProfile("Gmail", "_spf.google.com", ("google",), keeps_sender=True),
        SendingProfile("SendGrid", "sendgrid.net", ("s1", "s2")),
        SendingProfile(
            "Mailgun", "mailgun.org", ("pdk1", "pdk2", "mx", "k1", "mailo", "smtp", "pic"), keeps_sender=True
        ),
        SendingProfile("Postmark", "spf.mtasv.net"),
        SendingProfile("Amazon SES", "amazonses.com"),
        SendingProfile("Brevo", "spf.brevo.com", ("brevo1", "brevo2", "mail")),
        SendingProfile("Microsoft 365", "spf.protection.outlook.com", ("selector1", "selector2"), keeps_sender=True),
    )
}
OWN_SERVER = SendingProfile("", "", keeps_sender=True)
HOW_TO_SIGN = (
    "Authenticate your domain in your provider's account (it shows DNS records to add), or let your own server sign."
)
FIND_SELECTOR = (
    "Send yourself an email (`microblog mail test`), look at its source for s= in the DKIM-Signature, and give that to "
    "--dkim-selector."
)


def check_domain(settings: Settings, dns: Dns, selectors: Sequence[str]) -> Iterator[Finding]:
    """Check the sender's domain as receivers do. `selectors` are the DKIM selectors named by the administrator.

    Raises:
        DnsUnavailable: when the DNS does not answer.
    """
    provider = provider_for(settings.mail.provider, settings.mail.server)
    profile = SENDING_PROFILES.get(provider.name.partition(" (")[0], OWN_SERVER) if provider else OWN_SERVER
    domain = domain_of(for_the_wire(settings.mail.sender.address))
    signing = signing_domains(settings, domain)
    key, signer = find_key(signing, selectors or profile.selectors, dns, named=bool(selectors))
    yield key
    # Where the provider's own address is on the envelope and the signature speaks for us, SPF need not include it.
    include = profile.include if profile.keeps_sender or not signer else ""
    envelope = signing[-1]
    allowed = spf.check_spf(envelope, dns.txt_records, include)
    yield allowed
    found, policy = dmarc.check_policy(domain, *dmarc.find_policy_records(domain, dns.txt_records))
    yield found
    known = bool(signer or selectors or profile.selectors)
    by_spf = profile.keeps_sender and allowed.level is Level.OK and is_aligned(domain, envelope, policy, "spf")
    by_dkim = bool(signer) and is_aligned(domain, signer, policy, "dkim")
    yield check_alignment(domain, by_spf=by_spf, by_dkim=by_dkim, known=known)


def signing_domains(settings: Settings, domain: str) -> list[str]:
    """Return the domains that emails may be signed for, and the one on the envelope last.

    Mailgun signs for the domain of the login, which may be one below ours.
    """
    login = domain_of(settings.mail.username) if "@" in settings.mail.username else ""
    below = login and login != domain and organisational_domain(login) == organisational_domain(domain)
    return [domain, login] if below else [domain]


def find_key(domains: Sequence[str], selectors: Sequence[str], dns: Dns, *, named: bool) -> tuple[Finding, str]:
    """Return the finding about the best key, and the domain it signs for; no domain if no key is good."""
    places = [(f"{selector}._domainkey.{domain}", domain) for domain in domains for selector in selectors]
    found = [
        (finding, domain)
        for place, domain in places
        if (finding := dkim.check_key_record(place, dns.txt_records(place)))
    ]
    if good := [one for one in found if one[0].level is Level.OK]:
        return good[0]
    return (found[0][0] if found else report_missing_key([place for place, _ in places], named=named)), ""


def report_missing_key(places: Sequence[str], *, named: bool) -> Finding:
    """Report that no key was found. For a selector that somebody `named`, that is a failure."""
    if not places:
        words = "Nobody can list the keys of a domain, and which selector signs your emails is not known here."
        return dkim.DKIM.warn(words, FIND_SELECTOR)
    words = f"There is no key at {', '.join(places)}."
    return dkim.DKIM.fail(words, HOW_TO_SIGN) if named else dkim.DKIM.warn(words, f"{HOW_TO_SIGN} Or: {FIND_SELECTOR}")


def is_aligned(domain: str, other: str, policy: Policy | None, way: str) -> bool:
    """Tell whether an authenticated domain is aligned with the sender's (RFC 7489 section 3.1)."""
    strict = policy is not None and (policy.strict_spf if way == "spf" else policy.strict_dkim)
    return domain == other if strict else organisational_domain(domain) == organisational_domain(other)


def check_alignment(domain: str, *, by_spf: bool, by_dkim: bool, known: bool) -> Finding:
    """Check whether DKIM or SPF authenticates emails of the domain."""
    ways = " and ".join(way for way, holds in (("DKIM", by_dkim), ("SPF", by_spf)) if holds)
    if ways:
        return ALIGNMENT.ok(f"Receivers can tell by {ways} that an email comes from {domain}.")
    words = f"Neither DKIM nor SPF shows receivers that an email comes from {domain}"
    if not known:
        return ALIGNMENT.warn(f"{words}, as far as can be told without the selector of DKIM.", FIND_SELECTOR)
    return ALIGNMENT.fail(f"{words}. Gmail, Yahoo and Microsoft refuse such emails, or call them spam.", HOW_TO_SIGN)

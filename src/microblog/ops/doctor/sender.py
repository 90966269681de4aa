"""The sender of emails, and the address that their links lead to."""

from collections.abc import Iterator

from microblog.mail.addresses import for_the_wire
from microblog.ops.doctor.dns import Dns
from microblog.ops.doctor.findings import Finding, Subject
from microblog.ops.doctor.names import domain_of, is_public_name, organisational_domain
from microblog.settings import Settings
from microblog.settings.providers import provider_for
from microblog.settings.readers import is_ip

FROM, EHLO, PUBLIC_URL = Subject("From"), Subject("EHLO name"), Subject("PUBLIC_URL")
FREE_MAIL = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), "Gmail"),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com"), "Microsoft"),
    **dict.fromkeys(("yahoo.com", "aol.com", "icloud.com", "me.com", "gmx.de", "gmx.net", "web.de"), "its own servers"),
}
"""Domains whose emails receivers accept from the owner's servers only."""


def check_from(settings: Settings, dns: Dns) -> Iterator[Finding]:
    """Check the sender's address.

    Raises:
        DnsUnavailable: when the DNS does not answer.
    """
    sender, provider = settings.mail.sender, provider_for(settings.mail.provider, settings.mail.server)
    domain = domain_of(for_the_wire(sender.address))
    if not is_public_name(domain):
        words = f"Emails would come from {sender.address}, and nobody outside can find {domain}."
        yield FROM.fail(words, "Set MAIL_DEFAULT_SENDER to an address on your own domain.")
        return
    if owner := FREE_MAIL.get(domain):
        yield from check_free_mail(settings, domain, owner, provider.name if provider else "")
        return
    mx_hosts = dns.mx_hosts(domain)
    if mx_hosts == ["."] or not (mx_hosts or dns.addresses(domain)):
        words = f"Emails come from {sender.address}, and {domain} takes no mail (it has no MX record)."
        yield FROM.fail(
            words, "Receivers refuse such senders. Add an MX record, or use an address on a domain that has."
        )
        return
    yield FROM.ok(f"Emails come from {sender.address}, and {domain} takes mail.")


def check_free_mail(settings: Settings, domain: str, owner: str, provider: str) -> Iterator[Finding]:
    """Check a sender at a free email provider."""
    address, account = settings.mail.sender.address, settings.mail.username
    if owner != provider:
        words = f"Emails come from {address}, and emails of {domain} are trusted only if they leave by {owner}."
        yield FROM.fail(words, "Set MAIL_DEFAULT_SENDER to an address on your own domain.")
    elif address.lower() != account.lower():
        words = f"Gmail puts the account's own address in place of {address}, unless it is an alias of that account."
        yield FROM.warn(words, "Set MAIL_DEFAULT_SENDER to the address in MAIL_USERNAME, or add the alias in Gmail.")
    else:
        yield FROM.ok(f"Emails come from {address}, by its own server.")


def check_ehlo(settings: Settings) -> Finding:
    """Check the EHLO name."""
    name = settings.ehlo
    if settings.trial or is_public_name(settings.public_url.host):
        return EHLO.ok(f"We greet the server as {name}.")
    words = f"We greet the server as {name}, which is no name that others can look up; some servers refuse that."
    return EHLO.warn(words, "Give the site a name that is in the DNS, and set PUBLIC_URL to it.")


def check_public_url(settings: Settings, dns: Dns) -> Iterator[Finding]:
    """Check the address that links in emails lead to.

    Raises:
        DnsUnavailable: when the DNS does not answer.
    """
    url, host = settings.public_url, settings.public_url.host
    domain = domain_of(for_the_wire(settings.mail.sender.address))
    if settings.trial:
        yield PUBLIC_URL.ok(f"{url}: demo mode, so links in emails work on this computer only.")
        return
    if is_ip(host) or not is_public_name(host):
        words = f"{url} is not a name that is known everywhere, so links in emails may lead nowhere."
        yield PUBLIC_URL.warn(words, "Set PUBLIC_URL to the site's name in the DNS.")
        return
    if not dns.addresses(host):
        words = f"{host} is not in the DNS, so links in emails lead nowhere."
        yield PUBLIC_URL.fail(words, f"Add an A or AAAA record for {host}, or correct PUBLIC_URL.")
        return
    if organisational_domain(host) != organisational_domain(domain):
        words = f"Links in emails lead to {host}, and the emails come from {domain}. Filters mistrust that."
        yield PUBLIC_URL.warn(words, "Use a sender on the site's own domain, if you can.")
        return
    yield PUBLIC_URL.ok(f"{url} is in the DNS, and of one organisation with the sender.")

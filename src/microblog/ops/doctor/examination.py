"""The examination: every check, in the order of an email's way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from microblog.links import Pages
from microblog.mail.addresses import for_the_wire
from microblog.ops.doctor.authentication import check_domain
from microblog.ops.doctor.configuration import check_settings
from microblog.ops.doctor.dns import Dns, DnsUnavailable
from microblog.ops.doctor.emails import check_emails
from microblog.ops.doctor.findings import Finding, Level, Subject
from microblog.ops.doctor.names import domain_of, is_public_name
from microblog.ops.doctor.ports import STANDARD, check_ports, check_server_name, probe_ports
from microblog.ops.doctor.sender import FREE_MAIL, check_ehlo, check_from, check_public_url
from microblog.ops.doctor.server import Server
from microblog.ops.doctor.smtp_session import check_smtp_session
from microblog.settings import Settings
from microblog.settings.readers import is_loopback

MAIL_SERVER, SENDERS_DNS = Subject("Mail server"), Subject("Sender's DNS")
PROBE_SECONDS = 5.0  # seconds
NO_ANSWER = "See whether this computer can ask the DNS at all; or name one that answers: --nameserver 1.1.1.1."


@dataclass(frozen=True)
class Examination:
    """All checks of a site, with the DNS to query, the ports to probe and the DKIM selectors to look up."""

    settings: Settings
    pages: Pages
    dns: Dns
    notes: Sequence[str] = ()
    selectors: Sequence[str] = ()
    ports: Sequence[int] = STANDARD

    def findings(self, now: datetime) -> Iterator[Finding]:
        """Run the checks, and yield each finding at once."""
        yield from check_settings(self.settings, self.notes)
        yield from report_dns_failure("PUBLIC_URL", check_public_url(self.settings, self.dns))
        yield from check_emails(self.settings, self.pages, now)
        if not self.settings.mail.server:
            yield MAIL_SERVER.ok("There is none: emails land in the local mailbox, so there is no server to ask.")
        else:
            yield from self._check_server(now)
        if self.sends_email:
            yield from report_dns_failure("From", check_from(self.settings, self.dns))
            yield check_ehlo(self.settings)
            yield from report_dns_failure("Sender's DNS", self._check_sender_domain())
        else:
            yield SENDERS_DNS.ok("It was not asked: in demo mode no email leaves this computer.")

    @property
    def sends_email(self) -> bool:
        """True if emails leave this computer, or would if all were well."""
        mail = self.settings.mail
        return bool(mail.server) and not (self.settings.trial and is_loopback(mail.server))

    def _check_server(self, now: datetime) -> Iterator[Finding]:
        mail = self.settings.mail
        yield (named := check_server_name(mail.server))
        if named.level is Level.OK:
            probed = probe_ports(mail.server, (mail.port, *self.ports), min(mail.timeout, PROBE_SECONDS))
            yield (reached := check_ports(mail, probed))
            if reached.level is Level.OK:
                yield from check_smtp_session(Server(mail, self.settings.ehlo), now)

    def _check_sender_domain(self) -> Iterator[Finding]:
        domain = domain_of(for_the_wire(self.settings.mail.sender.address))
        if domain in FREE_MAIL:
            yield SENDERS_DNS.ok(f"It was not asked: whoever runs {domain} looks after it.")
        elif is_public_name(domain):
            yield from check_domain(self.settings, self.dns, self.selectors)


def report_dns_failure(title: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, with a warning in place of the rest if the DNS does not answer."""
    try:
        yield from findings
    except DnsUnavailable as error:
        yield Subject(title).warn(f"This could not be looked at: {error}.", NO_ANSWER)

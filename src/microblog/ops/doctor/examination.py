"""The examination: every check, in the order in which a letter meets what they are about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from microblog.links import Pages
from microblog.mail.addresses import for_the_wire
from microblog.ops.doctor.authentication import check_domain
from microblog.ops.doctor.configuration import check_settings
from microblog.ops.doctor.dns import CannotAsk, Dns
from microblog.ops.doctor.findings import Finding, Level, Subject
from microblog.ops.doctor.letters import check_letters
from microblog.ops.doctor.names import domain_of, findable
from microblog.ops.doctor.ports import STANDARD, check_name, judge, knock_at
from microblog.ops.doctor.sender import FREE_MAIL, check_ehlo, check_from, check_public_url
from microblog.ops.doctor.server import Server
from microblog.ops.doctor.talk import talk
from microblog.settings import Settings
from microblog.settings.readers import is_loopback

MAIL_SERVER, SENDERS_DNS = Subject("Mail server"), Subject("Sender's DNS")
LONGEST_KNOCK = 5.0  # seconds
NO_ANSWER = "See whether this computer can ask the DNS at all; or name one that answers: --nameserver 1.1.1.1."


@dataclass(frozen=True)
class Examination:
    """What is examined, and with what: the DNS to ask, the ports to knock at, DKIM selectors the operator knows."""

    settings: Settings
    pages: Pages
    dns: Dns
    notes: Sequence[str] = ()
    selectors: Sequence[str] = ()
    ports: Sequence[int] = STANDARD

    def findings(self, now: datetime) -> Iterator[Finding]:
        """Yield what each check found, as soon as it is found."""
        yield from check_settings(self.settings, self.notes)
        yield from asking("PUBLIC_URL", check_public_url(self.settings, self.dns))
        yield from check_letters(self.settings, self.pages, now)
        if not self.settings.mail.server:
            yield MAIL_SERVER.ok("There is none: letters land in the local mailbox, so there is no server to ask.")
        else:
            yield from self._server(now)
        if self.leaves:
            yield from asking("From", check_from(self.settings, self.dns))
            yield check_ehlo(self.settings)
            yield from asking("Sender's DNS", self._domain())
        else:
            yield SENDERS_DNS.ok("It was not asked, for in this trial no letter leaves this computer.")

    @property
    def leaves(self) -> bool:
        """True where letters leave this computer, or would if all were well."""
        mail = self.settings.mail
        return bool(mail.server) and not (self.settings.trial and is_loopback(mail.server))

    def _server(self, now: datetime) -> Iterator[Finding]:
        mail = self.settings.mail
        yield (named := check_name(mail.server))
        if named.level is Level.OK:
            knocked = knock_at(mail.server, (mail.port, *self.ports), min(mail.timeout, LONGEST_KNOCK))
            yield (reached := judge(mail, knocked))
            if reached.level is Level.OK:
                yield from talk(Server(mail, self.settings.ehlo), now)

    def _domain(self) -> Iterator[Finding]:
        domain = domain_of(for_the_wire(self.settings.mail.sender.address))
        if domain in FREE_MAIL:
            yield SENDERS_DNS.ok(f"It was not asked: whoever runs {domain} looks after it.")
        elif findable(domain):
            yield from check_domain(self.settings, self.dns, self.selectors)


def asking(title: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, and one that says so where the DNS does not answer."""
    try:
        yield from findings
    except CannotAsk as error:
        yield Subject(title).warn(f"This could not be looked at: {error}.", NO_ANSWER)

"""DNS lookups with short timeouts, given up after the first that times out."""

from dns.exception import DNSException, Timeout
from dns.name import from_text
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, Answer, NoAnswer, NoResolverConfiguration, Resolver

SECONDS = 4.0  # for one question, repeats included
NO_DNS = "could not ask the DNS"


class DnsUnavailable(Exception):  # noqa: N818 - says what is the matter
    """The DNS did not answer a query."""


class Dns:
    """A resolver: this computer's own, or the one at `nameserver`. Names that do not exist have no records."""

    def __init__(self, nameserver: str = "", port: int = 53, seconds: float = SECONDS) -> None:
        self._nameserver = nameserver
        self._port = port
        self._seconds = seconds
        self._silent = False

    def txt_records(self, name: str) -> list[str]:
        """Return the TXT records of a name, each joined to one string (RFC 7208 section 3.3).

        Raises:
            DnsUnavailable: when the DNS does not answer.
        """
        answer = self._ask(name, RdataType.TXT)
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer or ()]

    def addresses(self, name: str) -> list[str]:
        """Return the IP addresses of a host.

        Raises:
            DnsUnavailable: when the DNS does not answer.
        """
        return [str(record) for kind in (RdataType.A, RdataType.AAAA) for record in self._ask(name, kind) or ()]

    def mx_hosts(self, name: str) -> list[str]:
        """Return the MX hosts of a domain; "." alone means that it accepts no mail (RFC 7505).

        Raises:
            DnsUnavailable: when the DNS does not answer.
        """
        return [str(record.exchange) for record in self._ask(name, RdataType.MX) or ()]

    def _ask(self, name: str, kind: RdataType) -> Answer | None:
        if self._silent:
            raise DnsUnavailable(NO_DNS)
        try:
            return self._resolver().resolve(from_text(name), kind, search=False)
        except (NXDOMAIN, NoAnswer):
            return None
        except (Timeout, NoResolverConfiguration, OSError) as error:
            self._silent = True
            raise DnsUnavailable(NO_DNS) from error
        except DNSException as error:  # of this name alone: its servers are broken, or it is no name
            raise DnsUnavailable(f"{NO_DNS} about {name}") from error

    def _resolver(self) -> Resolver:
        resolver = Resolver(configure=not self._nameserver)
        if self._nameserver:
            resolver.nameservers = [self._nameserver]
            resolver.port = self._port
        resolver.lifetime = self._seconds
        return resolver

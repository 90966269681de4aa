"""Signing and reading every link of the site."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from microblog.links.declaration import EmailedLink
from microblog.links.errors import LinkProblem, LinkRefused
from microblog.links.tokens import LinkSigner, NotGenuine, TokenClaims
from microblog.settings import Settings


@dataclass(frozen=True)
class GenuineLink:
    """A link that this site made for this purpose. Its owner judges whether it still opens anything."""

    declared: EmailedLink
    token: str = field(repr=False)
    claims: TokenClaims = field(repr=False)
    lifetime: timedelta
    signer: LinkSigner = field(repr=False)

    @property
    def subject(self) -> int:
        """The subject of the link: the number of an account, or of the requested change."""
        return self.claims.subject

    def matches(self, *bound_to: object) -> bool:
        """Return True if what the link was bound to is in the same state as when it was signed."""
        return self.signer.matches(self.claims, *self.declared.state(*bound_to))

    def has_expired(self, now: datetime) -> bool:
        """Return True if its lifetime is over."""
        return self.claims.over(now, self.lifetime)

    def refused(self, problem: LinkProblem, account_id: int | None = None, **params: object) -> LinkRefused:
        """Return the refusal of this link; `account_id` says whose it is, where that is certain."""
        return LinkRefused(self.declared, problem, account_id, **params)


class Links:
    """Signs and reads links. Each purpose has keys of its own, so no link passes for another."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._signers: dict[str, LinkSigner] = {}

    def lifetime(self, link: EmailedLink) -> timedelta:
        """Return how long a link works, at most."""
        return link.lifetime if isinstance(link.lifetime, timedelta) else link.lifetime(self._settings)

    def sign(self, link: EmailedLink, subject: int, *bound_to: object, expires: datetime) -> str:
        """Return a token about a subject, bound to the state of what the declaration asks for.

        `expires` is rounded down to the second.
        """
        return self._signer(link).sign(subject, *link.state(*bound_to), expires=expires)

    def url(self, link: EmailedLink, token: str) -> str:
        """Return the address that an email carries."""
        return f"{self._settings.public_url}{link.page}/{token}"

    def signed_url(self, link: EmailedLink, subject: int, *bound_to: object, expires: datetime) -> str:
        """Return the address of a link that is signed now."""
        return self.url(link, self.sign(link, subject, *bound_to, expires=expires))

    def read(self, link: EmailedLink, token: str) -> GenuineLink:
        """Verify all of a token but its age and state, which need the time and the database.

        Raises:
            LinkRefused: this site did not make it for this purpose, or it was altered on its way.
        """
        signer = self._signer(link)
        try:
            return GenuineLink(link, token, signer.read(token), self.lifetime(link), signer)
        except NotGenuine as error:
            raise LinkRefused(link, LinkProblem.NOT_GENUINE) from error

    def _signer(self, link: EmailedLink) -> LinkSigner:
        if link.purpose not in self._signers:
            keys = self._settings.keys(link.keys_for or link.purpose)
            self._signers[link.purpose] = LinkSigner(link.purpose, str(self._settings.public_url), keys)
        return self._signers[link.purpose]

"""The link that ends a kind of letter, for whoever holds one of them, without signing in (RFC 8058)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.links import LinkSigner, NotGenuine
from microblog.settings import Settings
from microblog.subscriptions.choices import Wish

PURPOSE = "unsubscribe"
GOOD_FOR = timedelta(days=3650)  # people unsubscribe from letters they find years later, and must be able to


@dataclass(frozen=True)
class Unsubscribing:
    """Whose letters end, and which."""

    account_id: int
    wish: Wish


@dataclass(frozen=True)
class UnsubscribeLinks:
    """Makes and reads these links, each bound to one member and one kind of letter, and to nothing that changes."""

    signer: LinkSigner

    def sign(self, account_id: int, wish: Wish, now: datetime) -> str:
        """Return the token for a letter that leaves now."""
        return self.signer.sign(account_id, wish.value, expires=now + GOOD_FOR)

    def read(self, token: str, now: datetime) -> Unsubscribing | None:
        """Return what a genuine link is for, None for any other. It asks the database nothing."""
        try:
            claims = self.signer.read(token)
        except NotGenuine:
            return None
        wish = next((one for one in Wish if self.signer.matches(claims, one.value)), None)
        return Unsubscribing(claims.subject, wish) if wish and not claims.over(now, GOOD_FOR) else None


def unsubscribe_links(settings: Settings) -> UnsubscribeLinks:
    """Return the maker and reader of this site's links that end letters."""
    return UnsubscribeLinks(LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE)))

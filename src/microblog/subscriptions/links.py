"""The link that ends a kind of letter, for whoever holds one of them, without signing in (RFC 8058)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.identity import Account, get_account
from microblog.links import LinkSigner, NotGenuine, TokenClaims
from microblog.settings import Settings
from microblog.subscriptions.choices import Wish, turn_off

PURPOSE = "unsubscribe"
GOOD_FOR = timedelta(days=3650)  # people unsubscribe from letters they find years later, and must be able to


@dataclass(frozen=True)
class Unsubscribing:
    """Which emails end, whose, and at which address; `claims` says the latter."""

    account_id: int
    wish: Wish
    claims: TokenClaims


@dataclass(frozen=True)
class UnsubscribeLinks:
    """Makes and reads these links, each bound to one member, one kind of email and the address that it went to."""

    signers: Mapping[Wish, LinkSigner]

    def sign(self, account: Account, wish: Wish, now: datetime) -> str:
        """Return the token for an email to a member that leaves now."""
        return self.signers[wish].sign(account.id, account.email_key, expires=now + GOOD_FOR)

    def read(self, token: str, now: datetime) -> Unsubscribing | None:
        """Return what a genuine link is for, None for any other. It asks the database nothing."""
        for wish, signer in self.signers.items():
            try:
                claims = signer.read(token)
            except NotGenuine:
                continue
            return None if claims.over(now, GOOD_FOR) else Unsubscribing(claims.subject, wish, claims)
        return None

    def turn_off(self, session: Session, found: Unsubscribing) -> None:
        """End these emails, if the address is still the account's; otherwise none go there anyway.

        Somebody who once had the account sent to their own address must not change it later.
        """
        account = get_account(session, found.account_id)
        if account and self.signers[found.wish].matches(found.claims, account.email_key):
            turn_off(session, account.id, found.wish)


def unsubscribe_links(settings: Settings) -> UnsubscribeLinks:
    """Return the maker and reader of this site's links that end emails."""
    site, keys = str(settings.public_url), settings.keys(PURPOSE)
    return UnsubscribeLinks({wish: LinkSigner(f"{PURPOSE}_{wish}", site, keys) for wish in Wish})

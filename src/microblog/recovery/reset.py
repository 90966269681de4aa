"""The reset itself: is the link alive, and the one conditional change that uses it up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from microblog.identity import Account, get_account, present_addresses
from microblog.links import LinkSigner, NotGenuine, TokenClaims
from microblog.mail import canonical_identifier
from microblog.origin import Origin
from microblog.ownership import Means
from microblog.recovery.changed import password_changed
from microblog.recovery.emails.password_changed import Way
from microblog.recovery.errors import LinkExpired, LinkNotGenuine, LinkUsed
from microblog.recovery.owner_is_back import Proof, owner_is_back, proof_by
from microblog.settings import Settings

PURPOSE = "reset_password"  # the claim that carries the account's id, and the audience


BY_ADMINISTRATOR = ""  # stands for an address in links that an administrator makes


@dataclass(frozen=True)
class OpenedReset:
    """What a living link opens: the account, and what shows that its owner may be here."""

    account: Account
    proof: Proof


@dataclass(frozen=True)
class ResetLinks:
    """Makes and judges reset links, which work for so many minutes after their letter left."""

    signer: LinkSigner
    minutes: int

    def sign(self, account: Account, now: datetime, to: str) -> tuple[str, datetime]:
        """Return a token for an account as it is now, and when it ends. It dies when the address it goes to is removed.

        `to` is that address, or `BY_ADMINISTRATOR`.
        """
        ends = (now + timedelta(minutes=self.minutes)).replace(microsecond=0)
        return self.signer.sign(account.id, *link_state(account), canonical_identifier(to), expires=ends), ends

    def open(self, session: Session, token: str, now: datetime) -> OpenedReset:
        """Return what a living link opens; changes nothing.

        Raises:
            DeadLink: as the class that says which way it is dead.
        """
        try:
            claims = self.signer.read(token)
        except NotGenuine as error:
            raise LinkNotGenuine from error
        account = get_account(session, claims.subject)
        proof = self._proof(session, account, claims) if account else None
        if account is None or proof is None:
            raise LinkUsed(claims.subject)
        if claims.over(now, timedelta(minutes=self.minutes)):
            raise LinkExpired(account.id, minutes=self.minutes)
        return OpenedReset(account, proof)

    def _proof(self, session: Session, account: Account, claims: TokenClaims) -> Proof | None:
        """Return what a token proves: that an administrator made it, or that an address of the account got it."""
        state = link_state(account)
        if self.signer.matches(claims, *state, BY_ADMINISTRATOR):
            return Proof(Means.ADMINISTRATOR, account.created_at)
        for one in present_addresses(session, account):
            if self.signer.matches(claims, *state, one.email_key):
                return proof_by(one, Means.EMAIL)
        return None


def link_state(account: Account) -> tuple[str, ...]:
    """Return what a reset link is bound to: it dies with any change of password or address, and at deactivation."""
    ends = (account.reactivated_at, account.second_removed_at)
    return account.password_hash, account.email_key, *(moment.isoformat() for moment in ends if moment)


def change_password(session: Session, opened: OpenedReset, password_hash: str, now: datetime, origin: Origin) -> None:
    """Use up the link: set the password, end what others may hold, and tell the owner. One statement decides who wins.

    What the owner said of an earlier change ends with it: the mute, and the link that said so.

    Raises:
        LinkUsed: somebody else was, or the account changed since the link was opened.
    """
    account = opened.account
    changed = session.execute(
        update(Account)
        .where(
            Account.id == account.id,
            Account.password_hash == account.password_hash,
            Account.email_key == account.email_key,
            Account.reactivated_at.is_not_distinct_from(account.reactivated_at),
            Account.second_removed_at.is_not_distinct_from(account.second_removed_at),
            Account.deactivated_at.is_(None),
        )
        .values(password_hash=password_hash, recovered_at=now, muted_until=None)
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        raise LinkUsed(account.id)
    returned = owner_is_back(session, account, opened.proof, now, origin)
    password_changed(session, account, origin, Way.LINK, now, returned.recovery_id)


def reset_links(settings: Settings) -> ResetLinks:
    """Return the maker and judge of this site's reset links."""
    signer = LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE))
    return ResetLinks(signer, settings.reset_link_minutes)

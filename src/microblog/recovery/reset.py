"""The reset itself: is the link alive, and the one conditional change that uses it up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from microblog.accounts import Account, Origin, end_logins, get_account
from microblog.links import LinkSigner, NotGenuine
from microblog.recovery.changed import Way, password_changed
from microblog.recovery.errors import LinkExpired, LinkNotGenuine, LinkUsed
from microblog.settings import Settings

PURPOSE = "reset_password"  # the claim that carries the account's id, and the audience


@dataclass(frozen=True)
class ResetLinks:
    """Makes and judges reset links, which work for so many minutes after their letter left."""

    signer: LinkSigner
    minutes: int

    def sign(self, account: Account, now: datetime) -> tuple[str, datetime]:
        """Return a token for an account as it is now, and when it ends."""
        ends = (now + timedelta(minutes=self.minutes)).replace(microsecond=0)
        return self.signer.sign(account.id, *link_state(account), expires=ends), ends

    def open(self, session: Session, token: str, now: datetime) -> Account:
        """Return the account a living link is for; changes nothing.

        Raises:
            DeadLink: as the class that says which way it is dead.
        """
        try:
            claims = self.signer.read(token)
        except NotGenuine as error:
            raise LinkNotGenuine from error
        account = get_account(session, claims.subject)
        if account is None or not self.signer.matches(claims, *link_state(account)):
            raise LinkUsed(claims.subject)
        if claims.over(now, timedelta(minutes=self.minutes)):
            raise LinkExpired(self.minutes, account.id)
        return account


def link_state(account: Account) -> tuple[str, ...]:
    """Return what a reset link is bound to: it dies with any change of password or address, and at deactivation."""
    ends = (account.reactivated_at, account.second_removed_at)
    return account.password_hash, account.email_key, *(moment.isoformat() for moment in ends if moment)


def change_password(
    session: Session, opened: Account, password_hash: str, now: datetime, origin: Origin, way: Way = Way.LINK
) -> None:
    """Use up the link: set the password, end all logins, note it, tell the owner. One statement decides who was first.

    What the owner said of an earlier change ends with it: the mute, and the link that said so.

    Raises:
        LinkUsed: somebody else was, or the account changed since the link was opened.
    """
    changed = session.execute(
        update(Account)
        .where(
            Account.id == opened.id,
            Account.password_hash == opened.password_hash,
            Account.email_key == opened.email_key,
            Account.reactivated_at.is_not_distinct_from(opened.reactivated_at),
            Account.second_removed_at.is_not_distinct_from(opened.second_removed_at),
            Account.deactivated_at.is_(None),
        )
        .values(password_hash=password_hash, recovered_at=now, muted_until=None)
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        raise LinkUsed(opened.id)
    end_logins(session, opened.id)
    password_changed(session, opened, origin, way, now)


def reset_links(settings: Settings) -> ResetLinks:
    """Return the maker and judge of this site's reset links."""
    signer = LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE))
    return ResetLinks(signer, settings.reset_link_minutes)

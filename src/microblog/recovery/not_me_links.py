"""The link "this wasn't me" of the letter that a password was changed: what it is bound to, and when it is dead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.accounts import Account, get_account
from microblog.links import LinkSigner, NotGenuine
from microblog.mail import canonical_identifier
from microblog.recovery.errors import DoubtExpired, DoubtSettled, LinkNotGenuine
from microblog.recovery.models import PasswordChange
from microblog.settings import Settings

PURPOSE = "not_me"  # the claim that carries the number of the change, and the audience
GOOD_FOR = timedelta(hours=72)


@dataclass(frozen=True)
class Doubt:
    """What a living link is about: the change, the account, and the address its letter went to."""

    change: PasswordChange
    account: Account
    to: str

    @property
    def told(self) -> bool:
        """True where somebody has said it already, and has not come back yet."""
        return self.change.disowned_at is not None


@dataclass(frozen=True)
class NotMeLinks:
    """Makes and judges these links, each bound to one change and one address.

    And to nothing that the next change of the account could alter: a stranger who sets the password again, or moves the
    account to another address, must not end them.
    """

    signer: LinkSigner

    def sign(self, change_id: int, changed: datetime, to: str) -> tuple[str, datetime]:
        """Return the token for the letter about a change to one address, and when it ends."""
        ends = (changed + GOOD_FOR).replace(microsecond=0)
        return self.signer.sign(change_id, canonical_identifier(to), expires=ends), ends

    def open(self, session: Session, token: str, now: datetime) -> Doubt:
        """Return what a living link is about; changes nothing.

        Raises:
            DeadLink: as the class that says which way it is dead.
        """
        try:
            claims = self.signer.read(token)
        except NotGenuine as error:
            raise LinkNotGenuine from error
        if claims.over(now, GOOD_FOR):
            raise DoubtExpired
        change = session.get(PasswordChange, claims.subject)
        account = get_account(session, change.account_id) if change else None
        if change is None or account is None or change.settled_at is not None:
            raise DoubtSettled
        for address in filter(None, (change.email, change.second_email)):
            if self.signer.matches(claims, canonical_identifier(address)):
                return Doubt(change, account, address)
        raise DoubtSettled


def not_me_links(settings: Settings) -> NotMeLinks:
    """Return the maker and judge of this site's links "this wasn't me"."""
    return NotMeLinks(LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE)))

"""The password reset: validate the link, and use it up in one conditional UPDATE."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.audit import EventType
from microblog.auth import Member, check_password, hash_password, sign_out_member
from microblog.auth.known_browsers import known_browsers
from microblog.context import Context
from microblog.identity import Account, get_account, present_addresses
from microblog.identity.accounts import reset_password_if_unchanged
from microblog.limits import Limit
from microblog.links import GenuineLink, LinkProblem, LinkRefused
from microblog.origin import Origin
from microblog.ownership import Means, Proof
from microblog.recovery.changed import password_changed
from microblog.recovery.emails.password_changed import Way
from microblog.recovery.link_events import LinkEvent, RecordLater, link_event
from microblog.recovery.links import BY_ADMINISTRATOR
from microblog.recovery.owner_is_back import owner_is_back, proof_by
from microblog.refusals import RateLimited


@dataclass(frozen=True)
class OpenedReset:
    """The account that a valid link opens, and the proof of ownership."""

    link: GenuineLink
    account: Account
    proof: Proof


@dataclass(frozen=True)
class PasswordReset:
    """A token by which the account knows the browser."""

    browser_token: str


def open_reset(session: Session, link: GenuineLink, now: datetime) -> OpenedReset:
    """Return what a link opens; changes nothing.

    Raises:
        LinkRefused: it was used or replaced, or has expired.
    """
    account = get_account(session, link.subject)
    proof = proof_of(session, account, link) if account else None
    if account is None or proof is None:
        raise link.refused(LinkProblem.USED, link.subject)
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED, account.id, minutes=link.lifetime // timedelta(minutes=1))
    return OpenedReset(link, account, proof)


def proof_of(session: Session, account: Account, link: GenuineLink) -> Proof | None:
    """Return what a link proves: that an administrator made it, or that an address of the account got it."""
    if link.matches(account, BY_ADMINISTRATOR):
        return Proof(Means.ADMINISTRATOR, account.created_at)
    for one in present_addresses(session, account):
        if link.matches(account, one.email_key):
            return proof_by(one, Means.EMAIL)
    return None


def reset_opened(context: Context, opened: OpenedReset) -> LinkEvent:
    """Describe the opening of a link. See docs/decisions/0013-links-are-noted-afterwards.md."""
    return link_event(context, opened.link.token, opened.account.id, EventType.RESET_LINK_OPENED)


def reset_refused(context: Context, token: str, refusal: LinkRefused) -> LinkEvent | None:
    """Describe why a link was refused; None where it is not certain whose it was."""
    if refusal.account_id is None:
        return None
    return link_event(context, token, refusal.account_id, EventType.RESET_LINK_REFUSED, f"link_{refusal.problem}")


def reset_password(
    context: Context, opened: OpenedReset, password: str, record_later: RecordLater, signed_in: Member | None = None
) -> PasswordReset:
    """Set a new password; of any number of simultaneous tries one wins.

    Whoever else is signed in where the link was opened is signed out. That there were too many tries is recorded later.

    Raises:
        RateLimited: there were too many tries for the account by links to this address. Each address counts for itself,
            so that a thief who added one can't use up what the owner has.
        PasswordRefused: it is not good enough.
        LinkRefused: the link was used meanwhile.
    """
    account, now = opened.account, context.now
    try:
        count_try(context, opened)
    except RateLimited:
        kind = EventType.RESET_LINK_REFUSED
        record_later(link_event(context, opened.link.token, account.id, kind, "too_many_tries"))
        raise
    about = [account.username, account.email]
    check_password(password, shortest=context.settings.password_min_length, about=about)
    password_hash = hash_password(password)
    with context.writing() as session:
        change_password(session, opened, password_hash, now, context.origin)
        if signed_in and signed_in.account_id != account.id:
            sign_out_member(session, signed_in, now, context.origin)
    return PasswordReset(known_browsers(context.settings).sign(account.id, password_hash, now))


def count_try(context: Context, opened: OpenedReset) -> None:
    """Count a try with a link to one address of an account."""
    tries = Limit("reset tries per account", context.settings.limits.reset_tries_per_account)
    with context.writing() as session:
        context.spend(session, (tries, f"{opened.account.id} {opened.proof.email_key}"))


def change_password(session: Session, opened: OpenedReset, password_hash: str, now: datetime, origin: Origin) -> None:
    """Use up the link: set the password, end what others may hold, and tell the owner. One statement decides who wins.

    What the owner said of an earlier change ends with it: the mute, and the link that said so.

    Raises:
        LinkRefused: somebody else was, or the account changed since the link was opened.
    """
    account = opened.account
    if not reset_password_if_unchanged(session, account, password_hash, now):
        raise opened.link.refused(LinkProblem.USED, account.id)
    returned = owner_is_back(session, account, opened.proof, now, origin)
    password_changed(session, account, origin, Way.LINK, now, returned.recovery_id)

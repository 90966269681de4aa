"""The links that end a kind of email, for whoever holds one of them, without signing in (RFC 8058)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from microblog.context import Context
from microblog.identity import Account, get_account
from microblog.links import EmailedLink, GenuineLink, LinkProblem, LinkRefused
from microblog.subscriptions.choices import Topic, turn_off

PURPOSE = "unsubscribe"
GOOD_FOR = timedelta(days=3650)  # people unsubscribe from emails they find years later, and must be able to


def unsubscribe_state(account: Account) -> tuple[str, ...]:
    """Return what a link is bound to: the address that its email went to."""
    return (account.email_key,)


UNSUBSCRIBE_LINKS = {
    topic: EmailedLink(f"{PURPOSE}_{topic}", "/unsubscribe", GOOD_FOR, unsubscribe_state, keys_for=PURPOSE)
    for topic in Topic
}
"""One link for each kind of email, on one page."""


@dataclass(frozen=True)
class Unsubscribing:
    """A request to unsubscribe: the topic, and the link."""

    topic: Topic
    link: GenuineLink


def read_unsubscribe_link(context: Context, token: str) -> Unsubscribing:
    """Return what a genuine link is for. The database is not asked.

    Raises:
        LinkRefused: it is not genuine, or has expired.
    """
    for topic, link in UNSUBSCRIBE_LINKS.items():
        try:
            found = context.links.read(link, token)
        except LinkRefused:
            continue
        if found.has_expired(context.now):
            raise found.refused(LinkProblem.EXPIRED)
        return Unsubscribing(topic, found)
    raise LinkRefused(UNSUBSCRIBE_LINKS[Topic.DIGEST], LinkProblem.NOT_GENUINE)


def unsubscribe(context: Context, found: Unsubscribing) -> None:
    """End these emails, if the address is still the account's; otherwise none go there anyway.

    Somebody who once had the account sent to their own address must not change it later.
    """
    with context.writing() as session:
        end_emails(session, found)


def end_emails(session: Session, found: Unsubscribing) -> None:
    """Do the same, as part of a transaction."""
    account = get_account(session, found.link.subject)
    if account and found.link.matches(account):
        turn_off(session, account.id, found.topic)

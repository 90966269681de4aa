"""The tokens of links that end emails."""

from datetime import datetime, timedelta

from microblog.identity import Account
from microblog.links import Links
from microblog.settings import Settings
from microblog.subscriptions import Topic
from microblog.subscriptions.links import UNSUBSCRIBE_LINKS


def unsubscribe_token(settings: Settings, account: Account, wish: Topic, now: datetime) -> str:
    """Return the token in an email that leaves now."""
    link = UNSUBSCRIBE_LINKS[wish]
    return Links(settings).sign(link, account.id, account, expires=now + timedelta(days=3650))

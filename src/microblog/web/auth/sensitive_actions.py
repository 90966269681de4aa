"""Grave deeds: each is done at once, or for a day after a recovery only once a letter has confirmed it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash
from sqlalchemy.orm import Session

from microblog.auth import Action, ask_to_confirm, lock_verified, recovered_lately
from microblog.identity import Account
from microblog.limits import Limit
from microblog.web.origin import origin
from microblog.web.protection.rate_limits import spend
from microblog.web.redirects import go
from microblog.web.site import this_site

ASKED = (
    "Your account was recovered within the last day, so we want to be sure that it is you. Check your email: "
    "we sent a link to {}. It works for an hour."
)


@dataclass(frozen=True)
class Deed:
    """Something grave a member can do. `wanted` is what it needs to know, such as a new address; empty for most."""

    action: Action
    button: str
    """What the button says that does it after the letter."""
    do: Callable[[Session, Account, str], None]
    """Do it, as part of the transaction."""
    then: Callable[[Account], Response]
    """Answer, when it is done."""
    back: Callable[[], str]
    """Where its page is."""


def do_or_ask(deed: Deed, verified: Account, wanted: str = "") -> Response:
    """Do it for a member whose password was just typed, or send the letter that has to confirm it.

    Raises:
        ChangedMeanwhile: the password was changed in this moment.
        TooManyRequests: too many such letters were asked for.
    """
    site = this_site()
    with site.database.writing() as db:
        account = lock_verified(db, verified)
        wary = recovered_lately(account, site.now())
        if wary:
            per_account = Limit("confirmations per account", site.settings.limits.reset_per_identifier)
            spend(db, (per_account, str(account.id)))
            ask_to_confirm(db, account, deed.action, site.now(), origin(), wanted)
        else:
            deed.do(db, account, wanted)
    if not wary:
        return deed.then(account)
    flash(ASKED.format(account.email), "letter")
    return go(deed.back())

"""Links of letters, taken out of the address bar into the session, where they wait for their button."""

from flask import session

from microblog.auth import read_link
from microblog.links import LinkSigner, TokenClaims
from microblog.refusals import LinkOver
from microblog.web.forms import BaseForm

OTHER_TAB = "You opened another link in this browser since. Nothing was done. This page is now for that other link."


class LinkNotOpened(LinkOver):
    """This browser has opened no such link."""

    code = "link_not_opened"
    genuine = False


def opened_link(name: str, signer: LinkSigner) -> TokenClaims:
    """Return what the link says that this browser has opened, and keeps in its session under a name.

    Raises:
        LinkNotOpened: it has opened none.
        LinkIncomplete: it has not opened all of one.
    """
    if name not in session:
        raise LinkNotOpened
    return read_link(signer, session[name])


def is_of_another(form: BaseForm, number: int) -> bool:
    """Tell whether a form was shown for another link than the one that is open now, and say so on it."""
    shown_for = form["number"].data
    if shown_for and shown_for != str(number):
        form.refuse(OTHER_TAB)
        return True
    return False

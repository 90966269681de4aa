"""Links of letters, taken out of the address bar into the session, where they wait for their button."""

from flask import session

from microblog.auth import read_link
from microblog.links import Claims, LinkSigner
from microblog.refusals import LinkOver
from microblog.web.forms import BaseForm

NOT_OPENED = "This page works once you have opened the link we sent you, in this browser."
OTHER_TAB = "You opened another link in this browser since. Nothing was done. This page is now for that other link."


def opened_link(name: str, signer: LinkSigner) -> Claims:
    """Return what the link says that this browser has opened, and keeps in its session under a name.

    Raises:
        LinkOver: it has opened none, or not all of one.
    """
    if name not in session:
        raise LinkOver(NOT_OPENED, "Please open the link in your letter", genuine=False)
    return read_link(signer, session[name])


def is_of_another(form: BaseForm, number: int) -> bool:
    """Tell whether a form was shown for another link than the one that is open now, and say so on it."""
    shown_for = form["number"].data
    if shown_for and shown_for != str(number):
        form.refuse(OTHER_TAB)
        return True
    return False

"""/account/keep: the link in the email about a deletion, which keeps the account. It signs nobody in."""

from typing import Any

from flask import Blueprint, Response, render_template, session, url_for
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from microblog.auth import read_link
from microblog.personal_data import keep_account, opened_deletion
from microblog.web.forms import BaseForm, FormPage, answers
from microblog.web.origin import origin
from microblog.web.pages import KEEP_ACCOUNT
from microblog.web.pending_link import is_of_another, opened_link
from microblog.web.redirects import see_other
from microblog.web.site import this_site

blueprint = Blueprint("account_keep", __name__)

LINK = "keep_link"  # where the session keeps an opened link


class KeepForm(BaseForm):
    """The button, and a box to tick: a mail scanner that presses buttons would keep every account for ever."""

    sure = BooleanField("Yes, keep my account", [InputRequired("Please tick the box if you want that.")])
    number = HiddenField()


PAGE = FormPage("account/keep.html", KeepForm)


@blueprint.get(KEEP_ACCOUNT + "/", defaults={"token": ""})
@blueprint.get(KEEP_ACCOUNT + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    site = this_site()
    signer = site.own_links.keep
    with site.database.reading() as db:
        opened_deletion(db, signer, read_link(signer, token), site.now())
    session[LINK] = token
    return see_other(url_for(".page"))


def opened() -> dict[str, Any]:
    """Return the account that this browser opened the email of."""
    site = this_site()
    signer = site.own_links.keep
    with site.database.reading() as db:
        return {"account": opened_deletion(db, signer, opened_link(LINK, signer), site.now())}


@blueprint.get(KEEP_ACCOUNT)
def page() -> Response:
    """Show the button."""
    return PAGE.show(KeepForm(), **opened())


@blueprint.post(KEEP_ACCOUNT)
@answers(PAGE, opened)
def keep(form: KeepForm) -> Response:
    """Keep the account. The link stays in the session, so that a double click gets the same answer."""
    site = this_site()
    signer = site.own_links.keep
    claims = opened_link(LINK, signer)
    if is_of_another(form, claims.subject):
        return PAGE.show(form, 409, **opened())
    with site.database.writing() as db:
        keep_account(db, signer, claims, site.now(), origin())
    return Response(render_template("account/kept.html"))

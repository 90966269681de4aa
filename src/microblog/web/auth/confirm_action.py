"""/account/confirm: the button that a letter leads to, for what a member asked within a day after a recovery."""

from typing import Any

from flask import Blueprint, Response, render_template, session, url_for
from wtforms import HiddenField

from microblog.auth import Action, lock_verified, opened_confirmation, read_link, use_confirmation
from microblog.web.contact.change_address import MOVE
from microblog.web.current_member import ask_to_sign_in, current_member_or_none
from microblog.web.forms import BaseForm, FormPage, answers
from microblog.web.pages import CONFIRM
from microblog.web.pending_link import is_of_another, opened_link
from microblog.web.personal_data.delete import DELETE
from microblog.web.personal_data.download import DOWNLOAD
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context
from microblog.words import action_text

blueprint = Blueprint("account_confirm", __name__)

LINK = "confirm_link"  # where the session keeps an opened link, also while its reader signs in: see login.KEPT
ACTIONS = {sensitive.action: sensitive for sensitive in (MOVE, DOWNLOAD, DELETE)}


class ConfirmForm(BaseForm):
    """The button."""

    number = HiddenField()


PAGE = FormPage("account/confirm.html", ConfirmForm)


@blueprint.get(CONFIRM + "/", defaults={"token": ""})
@blueprint.get(CONFIRM + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    site = this_site()
    signer = site.own_links.confirm
    with site.database.reading() as db:
        opened_confirmation(db, signer, read_link(signer, token), site.now())
    session[LINK] = token
    return see_other(url_for(".page"))


def asked() -> dict[str, Any]:
    """Return what this browser opened the letter of."""
    site = this_site()
    signer = site.own_links.confirm
    with site.database.reading() as db:
        found, account = opened_confirmation(db, signer, opened_link(LINK, signer), site.now())
    action = Action(found.action)
    button = ACTIONS[action].button.format(found.wanted)
    return {"asked": found, "account": account, "words": action_text(action), "button": button}


@blueprint.get(CONFIRM)
def page() -> Response:
    """Show the button to the member it is for; a visitor signs in first."""
    facts = asked()
    return not_theirs(facts) or PAGE.show(ConfirmForm(), **facts)


@blueprint.post(CONFIRM)
@answers(PAGE, asked)
def confirm(form: ConfirmForm) -> Response:
    """Do what was asked for, once."""
    site, facts = this_site(), asked()
    found = facts["asked"]
    if elsewhere := not_theirs(facts):
        return elsewhere
    if is_of_another(form, found.id):
        return PAGE.show(form, 409, **facts)
    sensitive, signer = ACTIONS[Action(found.action)], site.own_links.confirm
    with site.database.writing() as db:
        account = lock_verified(db, facts["account"])
        use_confirmation(db, signer, opened_link(LINK, signer), site.now())
        sensitive.perform(context(), db, account, found.wanted)
    session.pop(LINK, None)
    return sensitive.answer(account)


def not_theirs(facts: dict[str, Any]) -> Response | None:
    """Ask a visitor to sign in, and tell another member that this is not for them."""
    member = current_member_or_none()
    if member is None:
        return ask_to_sign_in()
    if member.account_id == facts["account"].id:
        return None
    return Response(render_template("account/confirm_other.html", **facts), 403)

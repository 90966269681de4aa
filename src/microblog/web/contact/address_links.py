"""The links of a move to another address: the one that completes it, and the one that takes the old address back.

Both work in any browser, for a letter may be read on another device than the one that asked. Neither does anything for
a mail scanner that presses buttons: one wants a password or a signed-in member, the other a box that is ticked.
"""

from typing import Any

from flask import Blueprint, Response, flash, session, url_for
from wtforms import BooleanField, HiddenField, PasswordField
from wtforms.validators import InputRequired

from microblog.auth import read_link, renew_session
from microblog.contact import complete_change, opened_change
from microblog.recovery import opened_return, send_way_in, take_back
from microblog.web.auth.reauthentication import check
from microblog.web.current_member import begin_session, current_member_or_none
from microblog.web.forms import BaseForm, FormPage, answers, typed
from microblog.web.origin import origin
from microblog.web.pages import CHANGE_ADDRESS, TAKE_BACK_ADDRESS
from microblog.web.pending_link import is_of_another, opened_link
from microblog.web.redirects import see_other
from microblog.web.site import this_site

blueprint = Blueprint("account_links", __name__)

MOVE_LINK, BACK_LINK = "move_link", "take_back_link"  # where the session keeps an opened link
MOVED = "The account {} has the address {} now. Everybody else who was signed in there has been signed out."
BACK = (
    "Your account has the address {} again, and nobody is signed in. Check your email: "
    "a letter there has a link to choose a new password."
)


class CompleteForm(BaseForm):
    """The button that completes a move; the password is asked for where the member is not signed in."""

    current_password = PasswordField("The password of your account")
    number = HiddenField()


class BackForm(BaseForm):
    """The button that takes an address back."""

    sure = BooleanField("Yes, take the address back", [InputRequired("Please tick the box if you want that.")])
    number = HiddenField()


COMPLETE = FormPage("account/complete_address.html", CompleteForm)
TAKE_BACK = FormPage("account/take_back.html", BackForm)


@blueprint.get(CHANGE_ADDRESS + "/", defaults={"token": ""})
@blueprint.get(CHANGE_ADDRESS + "/<path:token>")
def open_move(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    site = this_site()
    signer = site.own_links.change_address
    with site.database.reading() as db:
        opened_change(db, signer, read_link(signer, token), site.now())
    session[MOVE_LINK] = token
    return see_other(url_for(".complete_page"))


def moving() -> dict[str, Any]:
    """Return the move this browser opened the letter of, and whether the member is signed in here."""
    site, member = this_site(), current_member_or_none()
    signer = site.own_links.change_address
    with site.database.reading() as db:
        change, account = opened_change(db, signer, opened_link(MOVE_LINK, signer), site.now())
    return {"change": change, "account": account, "mine": bool(member and member.account_id == account.id)}


@blueprint.get(CHANGE_ADDRESS)
def complete_page() -> Response:
    """Show the button that completes the move."""
    return COMPLETE.show(CompleteForm(), **moving())


@blueprint.post(CHANGE_ADDRESS)
@answers(COMPLETE, moving)
def complete(form: CompleteForm) -> Response:
    """Complete the move. Where the member is signed in here they stay so, by a new secret; all others are out."""
    site, facts = this_site(), moving()
    change, account = facts["change"], facts["account"]
    if is_of_another(form, change.id):
        return COMPLETE.show(form, 409, **facts)
    member = current_member_or_none() if facts["mine"] else None
    if member is None:
        check(account.id, typed(form.current_password), f"move {change.id}")
    signer = site.own_links.change_address
    with site.database.writing() as db:
        claims = opened_link(MOVE_LINK, signer)
        complete_change(db, signer, claims, member.session_id if member else None, site.now(), origin())
        secret = renew_session(db, account.id, member.session_id) if member else None
    session.pop(MOVE_LINK, None)
    if secret:
        begin_session(secret, remember=session.permanent)
    flash(MOVED.format(account.username, change.new_email), "success")
    return see_other(url_for("account_overview.page" if current_member_or_none() else "accounts.login"))


@blueprint.get(TAKE_BACK_ADDRESS + "/", defaults={"token": ""})
@blueprint.get(TAKE_BACK_ADDRESS + "/<path:token>")
def open_return(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    site = this_site()
    signer = site.own_links.take_back
    with site.database.reading() as db:
        opened_return(db, signer, read_link(signer, token), site.now())
    session[BACK_LINK] = token
    return see_other(url_for(".take_back_page"))


def returning() -> dict[str, Any]:
    """Return the move that this browser opened the letter of."""
    site = this_site()
    signer = site.own_links.take_back
    with site.database.reading() as db:
        found = opened_return(db, signer, opened_link(BACK_LINK, signer), site.now())
    return {"change": found.change, "account": found.account, "claimant": found.claimant}


@blueprint.get(TAKE_BACK_ADDRESS)
def take_back_page() -> Response:
    """Say what taking the address back does, and show the button."""
    return TAKE_BACK.show(BackForm(), **returning())


@blueprint.post(TAKE_BACK_ADDRESS)
@answers(TAKE_BACK, returning)
def take_back_post(form: BackForm) -> Response:
    """Take the address back, end every login, and begin a recovery there."""
    site, facts = this_site(), returning()
    if is_of_another(form, facts["change"].id):
        return TAKE_BACK.show(form, 409, **facts)
    signer = site.own_links.take_back
    with site.database.writing() as db:
        done = take_back(db, signer, opened_link(BACK_LINK, signer), site.now(), origin())
        send_way_in(db, facts["account"], facts["claimant"], origin(), site.now())
    session.clear()
    flash(BACK.format(next(iter(done.addresses.restored), facts["change"].old_email)), "letter")
    return see_other(url_for("accounts.login"))

"""The links of a change of address: one completes it, the other reverts it.

Both work in any browser, for an email may be read on another device than the one that asked. Neither does anything for
a mail scanner that presses buttons: one needs a password or a session, the other a box that is ticked.
"""

from flask import Response, flash, session, url_for
from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired

from microblog.contact import (
    CHANGE_ADDRESS_LINK,
    TAKE_BACK_LINK,
    OpenedChange,
    complete_address_change,
    open_change,
)
from microblog.recovery import OpenedReturn, open_return, take_back_address
from microblog.web.current_member import begin_session, current_member_or_none
from microblog.web.emailed_actions import LinkPage, owner_here
from microblog.web.forms import BaseForm, FormPage
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

MOVED = "The account {} has the address {} now. Everybody else who was signed in there has been signed out."
BACK = (
    "Your account has the address {} again, and nobody is signed in. Check your email: "
    "a letter there has a link to choose a new password."
)


class CompleteForm(BaseForm):
    """The button that completes a change; the password is asked for where the member is not signed in."""

    current_password = PasswordField("The password of your account")


class BackForm(BaseForm):
    """The button that takes an address back."""

    sure = BooleanField("Yes, take the address back", [InputRequired("Please tick the box if you want that.")])


def complete(form: CompleteForm, opened: OpenedChange) -> Response:  # noqa: ARG001 - every page is answered so
    """Complete the change. Where the member is signed in here they stay so, by a new secret; all others are out."""
    member = owner_here(opened.account)
    secret = complete_address_change(context(), opened, member.session_id if member else None)
    if secret:
        begin_session(secret, remember=session.permanent)
    flash(MOVED.format(opened.account.username, opened.change.new_email), "success")
    return see_other(url_for("account_overview.page" if current_member_or_none() else "accounts.login"))


def take_back(form: BackForm, opened: OpenedReturn) -> Response:  # noqa: ARG001
    """Take the address back, end every session, and begin a recovery there."""
    address = take_back_address(context(), opened)
    session.clear()
    flash(BACK.format(address), "email")
    return see_other(url_for("accounts.login"))


COMPLETE = LinkPage(
    CHANGE_ADDRESS_LINK,
    "move",
    FormPage("account/complete_address.html", CompleteForm),
    open_change,
    lambda opened: {"change": opened.change, "account": opened.account},
    complete,
    "account/link_over.html",
)
TAKE_BACK = LinkPage(
    TAKE_BACK_LINK,
    "take_back",
    FormPage("account/take_back.html", BackForm),
    open_return,
    lambda opened: {"change": opened.change, "account": opened.account},
    take_back,
    "account/link_over.html",
)

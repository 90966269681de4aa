"""/account/address: changing the email address."""

from typing import Any

from flask import Response, flash, url_for
from wtforms import StringField
from wtforms.validators import InputRequired

from microblog.auth import Action
from microblog.contact import begin_address_change, request_address_change
from microblog.identity import Account
from microblog.mail import parse_address
from microblog.web.account.area import area, my_account
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown
from microblog.web.auth.sensitive_actions import SensitiveAction
from microblog.web.fields import valid_address
from microblog.web.forms import FormPage, answers, plain_text, typed
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

blueprint = area("address")

CHECK_EMAIL = (
    "Check the mail of your new address: a letter there has a link that completes the change. "
    "Until then everything stays as it is."
)


class AddressForm(PasswordForm):
    """Move to another address."""

    email = StringField("New address", [InputRequired("Please type the new address."), plain_text, valid_address])


PAGE = FormPage("account/address.html", AddressForm)


def facts() -> dict[str, Any]:
    """Return what the page shows: the present address."""
    return {"account": my_account(), **recovery_cooldown()}


@blueprint.get("/address")
def page() -> Response:
    """Show the form."""
    return PAGE.show(AddressForm(), **facts())


@blueprint.post("/address")
@answers(PAGE, facts)
def change(form: AddressForm) -> Response:
    """Begin the move. The answer is the same whether the new address is anybody's or not."""
    verified = verified_account(form)
    outcome = request_address_change(context(), verified, parse_address(typed(form.email)))
    return MOVE.answer_outcome(outcome)


def tell_where_to_look(account: Account) -> Response:  # noqa: ARG001 - every action is answered so
    """Say where to look."""
    flash(CHECK_EMAIL, "email")
    return see_other(redirect_back())


def redirect_back() -> str:
    """Return where the page is."""
    return url_for("account_address.page")


MOVE = SensitiveAction(Action.CHANGE_ADDRESS, "Move to {}", begin_address_change, tell_where_to_look, redirect_back)

"""/account/address: moving to another address."""

from typing import Any

from flask import Response, flash, url_for
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired

from microblog.auth import Action
from microblog.contact import BadNewAddress, ask_for_address
from microblog.identity import Account
from microblog.limits import Limit
from microblog.mail import parse_address
from microblog.web.account.area import area, my_account
from microblog.web.auth.reauthentication import PasswordForm, proven
from microblog.web.auth.recovery_cooldown import wary
from microblog.web.auth.sensitive_actions import Deed, do_or_ask
from microblog.web.fields import valid_address
from microblog.web.forms import FormPage, answers, plain_text, typed
from microblog.web.origin import origin
from microblog.web.protection.rate_limits import spend
from microblog.web.redirects import go
from microblog.web.site import this_site

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
    return {"account": my_account(), **wary()}


@blueprint.get("/address")
def page() -> Response:
    """Show the form."""
    return PAGE.show(AddressForm(), **facts())


@blueprint.post("/address")
@answers(PAGE, facts)
def change(form: AddressForm) -> Response:
    """Begin the move. The answer is the same whether the new address is anybody's or not."""
    account = proven(form)
    address = parse_address(typed(form.email))
    if address.key == account.email_key:
        raise BadNewAddress
    return do_or_ask(MOVE, account, address.spelled)


def begin(db: Session, account: Account, wanted: str) -> None:
    """Post the letter to the new address; only so many in an hour, for it may be anybody's."""
    site = this_site()
    per_account = Limit("changes of address per account", site.settings.limits.sign_up_per_identifier)
    spend(db, (per_account, str(account.id)))
    ask_for_address(db, account, parse_address(wanted), site.now(), origin())


def begun(account: Account) -> Response:  # noqa: ARG001 - every deed is answered so
    """Say where to look."""
    flash(CHECK_EMAIL, "letter")
    return go(back())


def back() -> str:
    """Return where the page is."""
    return url_for("account_address.page")


MOVE = Deed(Action.CHANGE_ADDRESS, "Move to {}", begin, begun, back)

"""/account/delete: the end of an account."""

from typing import Any

from flask import Response, flash, session, url_for
from sqlalchemy.orm import Session
from wtforms import BooleanField
from wtforms.validators import InputRequired

from microblog.accounts import NAME_KEPT_FOR, Account, Action, about, delete_account
from microblog.web.account.area import area, my_name
from microblog.web.account.deeds import Deed, do_or_ask
from microblog.web.account.proof import PasswordForm, proven
from microblog.web.account.rooms import FORGET
from microblog.web.account.wary import wary
from microblog.web.accounts import go
from microblog.web.forms import FormPage, answers
from microblog.web.origin import origin
from microblog.web.site import this_site

blueprint = area("delete")

GONE = "Your account is deleted, with all it held. Thank you for having been here."


class DeleteForm(PasswordForm):
    """Delete the account."""

    sure = BooleanField("Yes, delete my account", [InputRequired("Please tick the box if you want that.")])


PAGE = FormPage("account/delete.html", DeleteForm)


def facts() -> dict[str, Any]:
    """Return what the page says: whose account it is, and how long nobody else gets its name."""
    return {"username": my_name(), "days": NAME_KEPT_FOR.days, **wary()}


@blueprint.get("/delete")
def page() -> Response:
    """Say what will happen, and show the form."""
    return PAGE.show(DeleteForm(), **facts())


@blueprint.post("/delete")
@answers(PAGE, facts)
def delete(form: DeleteForm) -> Response:
    """Delete the account of whoever typed its password and ticked the box."""
    return do_or_ask(DELETE, proven(form))


def forget(db: Session, account: Account, wanted: str) -> None:  # noqa: ARG001 - every deed is done so
    """Delete it, after every other room has let go of what it keeps."""
    site = this_site()
    secret = site.settings.keys("events")[0]
    delete_account(db, account, FORGET, about(secret, account.email_key), site.now(), origin())


def gone(account: Account) -> Response:  # noqa: ARG001 - every deed is answered so
    """Say goodbye."""
    session.clear()
    flash(GONE, "success")
    return go(url_for("accounts.login"))


DELETE = Deed(Action.DELETE, "Delete my account", forget, gone, lambda: url_for("account_delete.page"))

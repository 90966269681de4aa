"""/account/delete: the end of an account."""

from typing import Any

from flask import Response, flash, session, url_for
from sqlalchemy.orm import Session
from wtforms import BooleanField
from wtforms.validators import InputRequired

from microblog.auth import Action
from microblog.identity import Account
from microblog.personal_data import DELETED_AFTER, NAME_KEPT_FOR, ask_for_deletion
from microblog.web.account.area import area, my_name
from microblog.web.auth.reauthentication import PasswordForm, proven
from microblog.web.auth.recovery_cooldown import wary
from microblog.web.auth.sensitive_actions import Deed, do_or_ask
from microblog.web.forms import FormPage, answers
from microblog.web.origin import origin
from microblog.web.redirects import go
from microblog.web.site import this_site

blueprint = area("delete")

ASKED = (
    "Your account will be deleted after {:%H:%M UTC on %-d %B %Y}. Until then nobody else sees it. "
    "To keep it, sign in before then, or open the link in the email we sent you."
)


class DeleteForm(PasswordForm):
    """Delete the account."""

    sure = BooleanField("Yes, delete my account", [InputRequired("Please tick the box if you want that.")])


PAGE = FormPage("account/delete.html", DeleteForm)


def facts() -> dict[str, Any]:
    """Return what the page says: whose account it is, when it goes, and how long nobody else gets its name."""
    return {"username": my_name(), "wait": DELETED_AFTER.days, "days": NAME_KEPT_FOR.days, **wary()}


@blueprint.get("/delete")
def page() -> Response:
    """Say what will happen, and show the form."""
    return PAGE.show(DeleteForm(), **facts())


@blueprint.post("/delete")
@answers(PAGE, facts)
def delete(form: DeleteForm) -> Response:
    """Have the account deleted of whoever typed its password and ticked the box."""
    return do_or_ask(DELETE, proven(form))


def begin(db: Session, account: Account, wanted: str) -> None:  # noqa: ARG001 - every deed is done so
    """Have it deleted in three days."""
    ask_for_deletion(db, account, this_site().now(), origin())


def begun(account: Account) -> Response:
    """Say when it will be deleted, and how to keep it."""
    session.clear()
    flash(ASKED.format(account.deletion_due_at), "letter")
    return go(url_for("accounts.login"))


DELETE = Deed(Action.DELETE, "Delete my account", begin, begun, lambda: url_for("account_delete.page"))

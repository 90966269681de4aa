"""/account/delete: the end of an account."""

from typing import Any

from flask import Response, flash, session, url_for
from wtforms import BooleanField
from wtforms.validators import InputRequired

from microblog.auth import Action
from microblog.identity import NAME_KEPT_FOR, Account
from microblog.personal_data import DELETED_AFTER, begin_deletion, request_deletion
from microblog.web.account.area import area, my_name
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown
from microblog.web.auth.sensitive_actions import SensitiveAction
from microblog.web.forms import FormPage, answers
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

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
    return {"username": my_name(), "wait": DELETED_AFTER.days, "days": NAME_KEPT_FOR.days, **recovery_cooldown()}


@blueprint.get("/delete")
def page() -> Response:
    """Say what will happen, and show the form."""
    return PAGE.show(DeleteForm(), **facts())


@blueprint.post("/delete")
@answers(PAGE, facts)
def delete(form: DeleteForm) -> Response:
    """Have the account deleted of whoever typed its password and ticked the box."""
    return DELETE.answer_outcome(request_deletion(context(), verified_account(form)))


def tell_when(account: Account) -> Response:
    """Say when it will be deleted, and how to keep it."""
    session.clear()
    flash(ASKED.format(account.deletion_due_at), "email")
    return see_other(url_for("accounts.login"))


DELETE = SensitiveAction(
    Action.DELETE, "Delete my account", begin_deletion, tell_when, lambda: url_for("account_delete.page")
)

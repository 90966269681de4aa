"""/account/password: changing the password, with the current one."""

from typing import Any

from flask import Response, flash, session, url_for
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from microblog.recovery import change_own_password
from microblog.web.account.area import area, my_name
from microblog.web.auth.known_browsers import keep_token
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.current_member import begin_session, current_member
from microblog.web.fields import password_rules
from microblog.web.forms import FormPage, answers, typed
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

blueprint = area("password")

CHANGED = "Your password was changed. Everybody else who was signed in as you has been signed out."


class ChangeForm(PasswordForm):
    """Choose another password."""

    current_password = PasswordField("Present password", [InputRequired("Please type your present password.")])
    password = PasswordField("New password", [InputRequired("Please choose a new password.")])
    password2 = PasswordField(
        "New password again",
        [
            InputRequired("Please type the new password once more."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )


PAGE = FormPage("account/password.html", ChangeForm)


def facts() -> dict[str, Any]:
    """Return what the page shows: whose password it is, and the rules."""
    return {"username": my_name(), **password_rules()}


@blueprint.get("/password")
def page() -> Response:
    """Show the form."""
    return PAGE.show(ChangeForm(), **facts())


@blueprint.post("/password")
@answers(PAGE, facts)
def change(form: ChangeForm) -> Response:
    """Change it. This browser stays signed in, by a new secret; all others are out."""
    done = change_own_password(context(), current_member(), verified_account(form), typed(form.password))
    begin_session(done.secret, remember=session.permanent)
    keep_token(done.browser_token)
    flash(CHANGED, "success")
    return see_other(url_for("account_overview.page"))

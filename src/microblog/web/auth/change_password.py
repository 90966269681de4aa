"""/account/password: another password, for whoever knows the present one."""

from typing import Any

from flask import Response, flash, session, url_for
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from microblog.auth import check_password, hash_password
from microblog.recovery import Way, change_own_password, password_changed
from microblog.web import current_member
from microblog.web.account.area import area, my_name
from microblog.web.auth.known_browsers import remember_browser
from microblog.web.auth.reauthentication import PasswordForm, proven
from microblog.web.current_member import me
from microblog.web.fields import password_rules
from microblog.web.forms import FormPage, answers, typed
from microblog.web.origin import origin
from microblog.web.redirects import go
from microblog.web.site import this_site

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
    site, member = this_site(), me()
    account = proven(form)
    about = [account.username, account.email]
    check_password(typed(form.password), shortest=site.settings.password_min_length, about=about)
    password_hash = hash_password(typed(form.password))
    with site.database.writing() as db:
        secret = change_own_password(db, account, password_hash, member.login_id)
        password_changed(db, account, origin(), Way.SIGNED_IN, site.now())
    current_member.begin(secret, remember=session.permanent)
    remember_browser(account.id, password_hash)
    flash(CHANGED, "success")
    return go(url_for("account_overview.page"))

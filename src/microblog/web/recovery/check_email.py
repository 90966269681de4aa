"""The page after asking for an email: what was typed, what to do if nothing comes, and a button that asks again.

It says the same whoever has an account, and knows only what this browser typed.
"""

from typing import Any

from flask import Blueprint, Response, flash, url_for

from microblog.recovery import request_reset
from microblog.web.current_member import to_sign_in
from microblog.web.forms import FormPage, answers, typed
from microblog.web.pages import CHECK_EMAIL
from microblog.web.recovery.awaited_email import AskedFor, last_asked, remember_asked
from microblog.web.recovery.reset_password import RequestForm
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context

blueprint = Blueprint("check_email", __name__)

PAGE = FormPage("recovery/check_email.html", RequestForm)
AGAIN = "We passed your request on again. Requests within the same minute bring one email."


def facts() -> dict[str, Any]:
    """Return what the page says besides what was typed."""
    asked = last_asked()
    signing_up = asked is not None and asked.what is AskedFor.SIGN_UP
    minutes = this_site().settings.reset_link_minutes
    return {"signing_up": signing_up, "minutes": minutes, "sign_in_page": to_sign_in()}


@blueprint.get(CHECK_EMAIL)
def page() -> Response:
    """Say what to do now."""
    asked = last_asked()
    return (
        PAGE.show(RequestForm(email=asked.typed), **facts()) if asked else see_other(url_for("recovery.request_page"))
    )


@blueprint.post(CHECK_EMAIL)
@answers(PAGE, facts)
def again(form: RequestForm) -> Response:
    """Ask once more, counted like the first time. An unfinished sign-up gets its own email again."""
    request_reset(context(), form.key, this_site().group_commit)
    asked, name = last_asked(), typed(form.email)
    flash(AGAIN, "info")
    return remember_asked(asked.what if asked and asked.typed == name else AskedFor.RESET, name)

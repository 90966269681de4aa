"""/account/keep: the page of the link that keeps an account from being deleted. It signs nobody in."""

from flask import Response, make_response, render_template
from wtforms import BooleanField
from wtforms.validators import InputRequired

from microblog.personal_data import KEEP_LINK, OpenedDeletion, keep_account, open_deletion, open_deletion_again
from microblog.web.emailed_actions import LinkPage
from microblog.web.forms import BaseForm, FormPage
from microblog.web.use_cases import context


class KeepForm(BaseForm):
    """The button, and a box to tick: a mail scanner that presses buttons would keep every account for ever."""

    sure = BooleanField("Yes, keep my account", [InputRequired("Please tick the box if you want that.")])


def press(form: KeepForm, opened: OpenedDeletion) -> Response:  # noqa: ARG001 - every page is answered so
    """Keep the account."""
    keep_account(context(), opened)
    return make_response(render_template("account/kept.html"))


PAGE = LinkPage(
    KEEP_LINK,
    "keep",
    FormPage("account/keep.html", KeepForm),
    open_deletion,
    lambda opened: {"account": opened.account},
    press,
    "account/link_over.html",
    open_again=open_deletion_again,
)

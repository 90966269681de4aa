"""/account/review: "Is all of this yours?", what was added to the account lately. Shown after every recovery."""

from typing import Any

from flask import Response, flash, request, url_for
from wtforms import BooleanField, PasswordField

from microblog.recovery import Addition, Review, confirm_additions, remove_additions, review_changes
from microblog.web.account.area import area, my_account
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.current_member import current_member_or_none, safe_next
from microblog.web.forms import FormPage, answers
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

blueprint = area("review")

REMOVED = "Removed. We have emailed you what changed."
NOTHING_TICKED = "Tick what isn’t yours, or press “All of this is mine”."
MINE = "Thanks for checking."


class ReviewForm(PasswordForm):
    """Remove what is not the member's."""

    email = BooleanField("not mine")
    backup = BooleanField("not mine")
    codes = BooleanField("not mine")


class MineForm(ReviewForm):
    """Say that all of it is the member's."""

    current_password = PasswordField()


PAGE = FormPage("account/review.html", ReviewForm)
MINE_PAGE = FormPage("account/review.html", MineForm)


def facts() -> dict[str, Any]:
    """Return what the page shows."""
    return {"review": my_review(), "next_page": request.args.get("next", "")}


def my_review() -> Review:
    """Return what the member has to look through."""
    return review_changes(context(), my_account())


def review_first(where: str) -> str:
    """Return where to go after signing in: here first, if nobody has looked through this since a recovery."""
    if current_member_or_none() is None or not my_review().is_due:
        return where
    return url_for("account_review.page", next=None if where == url_for("home.index") else where)


@blueprint.get("/review")
def page() -> Response:
    """Show what was added lately."""
    return PAGE.show(ReviewForm(), **facts())


@blueprint.post("/review")
@answers(PAGE, facts)
def remove(form: ReviewForm) -> Response:
    """Remove what was ticked."""
    kinds = {kind for kind in Addition if form[kind.value].data}
    if not kinds:
        form.refuse(NOTHING_TICKED)
        return PAGE.show(form, 422, **facts())
    remove_additions(context(), verified_account(form), kinds)
    flash(REMOVED, "success")
    return see_other(next_page())


@blueprint.post("/review/mine")
@answers(MINE_PAGE, facts)
def all_mine(form: MineForm) -> Response:  # noqa: ARG001 - it has a button and nothing else
    """Note that all of it is the member's."""
    confirm_additions(context(), my_account())
    flash(MINE, "success")
    return see_other(next_page())


def next_page() -> str:
    """Return where the member wanted to go."""
    return safe_next(request.args.get("next"))

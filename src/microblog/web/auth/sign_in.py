"""The pages for signing in and out."""

from flask import Flask, Response, flash, request, session, url_for
from wtforms import BooleanField, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from microblog.auth import sign_in, sign_out
from microblog.settings import Settings
from microblog.web.auth.known_browsers import keep_token, tokens_here
from microblog.web.current_member import NAME, SHOW_DRAFT, begin_session, current_member_or_none, safe_next
from microblog.web.drafts import Draft, keep_draft
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.pages import SIGN_IN
from microblog.web.recovery.review import review_first
from microblog.web.redirects import see_other
from microblog.web.registration.sign_up import blueprint
from microblog.web.use_cases import context


class LoginForm(BaseForm):
    """Sign in."""

    username = StringField(
        "Username or email address",
        [InputRequired("Please type your username or email address."), Length(max=254), plain_text],
    )
    password = PasswordField("Password", [InputRequired("Please type your password.")])
    remember_me = BooleanField("Remember me for 30 days")
    draft = TextAreaField("Your text")
    draft_of = HiddenField()


LOGIN = FormPage("accounts/login.html", LoginForm)


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Let other pages show this one to whoever was signed out while writing."""
    app.extensions[SHOW_DRAFT] = show_draft


@blueprint.get(SIGN_IN)
def login() -> Response:
    """Show the sign-in form."""
    if current_member_or_none():
        return see_other(safe_next(request.args.get("next")))
    return LOGIN.show(LoginForm(username=session.get(NAME)))


def show_draft(draft: Draft) -> Response:
    """Show the form with a text whose writer was signed out, to be sent along."""
    form = LoginForm(None, draft=draft.text, draft_of=draft.field, username=session.get(NAME))
    return LOGIN.show(form, 403, wanted=draft.page)


@blueprint.post(SIGN_IN)
@answers(LOGIN)
def login_post(form: LoginForm) -> Response:
    """Sign in, or refuse to."""
    done = sign_in(
        context(),
        typed(form.username),
        typed(form.password),
        remember=form.remember_me.data,
        browser_tokens=tokens_here(),
        replaces=current_member_or_none(),
    )
    begin_session(done.secret, remember=form.remember_me.data)
    keep_token(done.browser_token)
    keep_draft(typed(form.draft_of), typed(form.draft))
    if done.deletion_cancelled:
        flash("Your account will not be deleted.", "success")
    return see_other(review_first(safe_next(request.args.get("next"))))


@blueprint.post("/logout")
def logout() -> Response:
    """End this session, here and for whoever copied its cookie."""
    if member := current_member_or_none():
        sign_out(context(), member)
    session.clear()
    flash("You are signed out.", "success")
    return see_other(url_for("accounts.login"))

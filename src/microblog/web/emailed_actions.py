"""The pages that the links of emails lead to: one view for all of them.

Opening a link takes its token out of the address bar, where it could be seen, copied or sent on, into the session, and
changes nothing: programs that look through mail open links. Its page says what the button does, and the button does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request, session, url_for

from microblog.auth import Member
from microblog.identity import Account
from microblog.links import EmailedAction, GenuineLink, LinkProblem, LinkRefused, Needs
from microblog.settings import Settings
from microblog.web.auth.reauthentication import check
from microblog.web.current_member import ask_to_sign_in, current_member_or_none
from microblog.web.forms import BaseForm, FormPage, answers, typed
from microblog.web.redirects import see_other
from microblog.web.use_cases import context
from microblog.words import refusal_text, refusal_title

PAGES = "microblog emailed actions"  # our entry among the app's extensions
OTHER_TAB = "You opened another link in this browser since. Nothing was done. This page is now for that other link."


class Opened(Protocol):
    """The object that a link opened."""

    @property
    def link(self) -> GenuineLink:
        """The link itself."""


Open = Callable[..., Any]  # (session, link, now): what the link opens; raises LinkRefused


def do_nothing(*_: object) -> None:
    """Do nothing."""


def subject_of(opened: Opened) -> object:
    """Return the number that a link is about."""
    return opened.link.subject


@dataclass(frozen=True)
class LinkPage:
    """The web's part of an emailed action."""

    action: EmailedAction
    name: str
    """The session keeps an opened link under it, with `_link` behind it."""
    form: FormPage
    open: Open
    """Judge a link, and return what it opens."""
    facts: Callable[[Any], dict[str, Any]]
    """What the page shows of what was opened."""
    press: Callable[[Any, Any], Response]
    """Answer the button, given the form and what was opened."""
    refused: str
    """The template for a link that opens nothing."""
    open_again: Open | None = None
    """Judge it when the button is pressed, where a second press gets the answer of the first; its link is kept."""
    shown_for: str = "number"
    """The field that says what the form was shown for; another link may have been opened in another tab since."""
    is_about: Callable[[Any], object] = subject_of
    """What that field has to say."""
    blank_is_missing: bool = True
    """Whether that field may be empty, as it may be missing."""
    other_tab: str = OTHER_TAB
    on_opened: Callable[[Any], None] = do_nothing
    on_refused: Callable[[str, LinkRefused], None] = do_nothing
    other_account: str = ""
    """The template for a member whom the link is not for, where it needs a session."""
    not_genuine: int = 400
    """The status for a link that this site did not make."""

    @property
    def key(self) -> str:
        """The session key of an opened link; also the name of the blueprint."""
        return f"{self.name}_link"


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Give each link that opens nothing its page."""
    app.extensions[PAGES] = {}
    app.register_error_handler(LinkRefused, show_refusal)


def register_link(app: Flask, page: LinkPage) -> None:
    """Give a link its page."""
    app.extensions[PAGES][page.action.purpose] = page
    app.register_blueprint(make_blueprint(page))


def make_blueprint(page: LinkPage) -> Blueprint:
    """Return the routes of a link: open it, look at its page, press the button."""

    def open_link(token: str) -> Response:
        return move_into_session(page, token)

    def look() -> Response:
        opened = reopen_link(page)
        return refuse_others(page, opened) or page.form.show(page.form.form(), **facts_of(page, opened))

    @answers(page.form, lambda: facts_of(page, reopen_link(page)))
    def press(form: BaseForm) -> Response:
        return perform_action(page, form)

    blueprint, path = Blueprint(page.key, __name__), page.action.page
    blueprint.add_url_rule(f"{path}/", "open_link", open_link, defaults={"token": ""})
    blueprint.add_url_rule(f"{path}/<path:token>", "open_link", open_link)
    blueprint.add_url_rule(path, "page", look)
    blueprint.add_url_rule(path, "press", press, methods=["POST"])
    return blueprint


def move_into_session(page: LinkPage, token: str) -> Response:
    """Take the token of a link that opens something out of the address bar."""
    opened = read_link(page, token, page.open)
    if request.method == "GET":
        page.on_opened(opened)
    session[page.key] = token
    return see_other(url_for(f"{page.key}.page"))


def reopen_link(page: LinkPage, judged: Open | None = None) -> Any:  # noqa: ANN401 - whatever the link opens
    """Return what the link opens that this browser has in its session.

    Raises:
        LinkRefused: it has opened none, or the link opens nothing any more.
    """
    if page.key not in session:
        raise LinkRefused(page.action, LinkProblem.NOT_OPENED)
    return read_link(page, session[page.key], judged or page.open)


def read_link(page: LinkPage, token: str, judged: Open) -> Any:  # noqa: ANN401 - whatever the link opens
    """Return what a token opens."""
    ours = context()
    try:
        link = ours.links.read(page.action, token)
        with ours.reading() as db:
            return judged(db, link, ours.now)
    except LinkRefused as refusal:
        page.on_refused(token, refusal)
        raise


def facts_of(page: LinkPage, opened: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the link opens
    """Return what the page shows."""
    facts = page.facts(opened)
    if page.action.needs is Needs.OWNER:
        facts["mine"] = owner_here(opened.account) is not None
    return facts


def perform_action(page: LinkPage, form: BaseForm) -> Response:
    """Perform the action of a link for a submitted form, after checking the link, the member and the password."""
    opened = reopen_link(page, page.open_again)
    if elsewhere := refuse_others(page, opened):
        return elsewhere
    expected = str(page.is_about(opened))
    if is_for_another_link(page, expected):
        form.refuse(page.other_tab.format(opened))
        return page.form.show(form, 409, **facts_of(page, reopen_link(page)))
    if page.action.needs is Needs.OWNER and owner_here(opened.account) is None:
        check(opened.account.id, typed(form["current_password"]), f"{page.action.purpose} {opened.link.subject}")
    token = session[page.key]
    try:
        answer = page.press(form, opened)
    except LinkRefused as refusal:
        page.on_refused(token, refusal)
        raise
    if page.open_again is None:
        session.pop(page.key, None)
    return answer


def is_for_another_link(page: LinkPage, expected: str) -> bool:
    """Tell whether the form was shown for another link than the one that is open now."""
    shown = request.form.get(page.shown_for, expected)
    return shown != expected and (shown != "" or not page.blank_is_missing)


def owner_here(account: Account) -> Member | None:
    """Return the session of an account in this browser; None where nobody or somebody else is signed in."""
    member = current_member_or_none()
    return member if member and member.account_id == account.id else None


def refuse_others(page: LinkPage, opened: Any) -> Response | None:  # noqa: ANN401 - whatever the link opens
    """If a link needs a session, ask a visitor to sign in, and refuse another member."""
    if page.action.needs is not Needs.SESSION or owner_here(opened.account):
        return None
    if current_member_or_none() is None:
        return ask_to_sign_in()
    return make_response(render_template(page.other_account, **page.facts(opened)), 403)


def show_refusal(refusal: LinkRefused) -> Response:
    """Say why a link opens nothing."""
    page: LinkPage = current_app.extensions[PAGES][refusal.link.purpose]
    not_genuine = refusal.problem in (LinkProblem.NOT_GENUINE, LinkProblem.NOT_OPENED)
    shown = render_template(page.refused, title=refusal_title(refusal), text=refusal_text(refusal))
    return make_response(shown, page.not_genuine if not_genuine else 410)

"""The current member: the session cookie holds the session's secret, and its row in the database decides."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import cast
from urllib.parse import quote

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.orm import Session

from microblog.auth import Member, find_member
from microblog.auth.session_lifetimes import record_use
from microblog.profiles import record_last_seen
from microblog.settings import Settings
from microblog.web.deferred import defer
from microblog.web.drafts import Draft, draft_sent
from microblog.web.protection.repeated_posts import forget_press
from microblog.web.site import this_site


class LoginUser(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    """Flask-Login's view of a member: the identity it keeps is the login's secret, not the account's number."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def get_id(self) -> str:
        """Return what goes into the session cookie."""
        return self.member.secret


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Set Flask-Login up. Its remember cookie is not used: the session cookie itself lasts where that was asked for."""
    manager = LoginManager(app, add_context_processor=False)  # it would ask the database on error pages too
    manager.session_protection = None
    manager.user_loader(load)
    manager.unauthorized_handler(ask_to_sign_in)
    app.add_template_global(current_member_or_none, "current_member_or_none")
    app.add_template_global(wanted_here, "wanted_here")


def load(secret: str) -> LoginUser | None:
    """Find who is signed in, by one read. That this login is in use is noted afterwards."""
    site = this_site()
    now = site.now()
    with site.database.reading() as db:
        member = find_member(db, secret, now)
    if member is None:
        return None
    if member.is_stale(now):
        defer(partial(record_visit, member=member, now=now), key=("seen", member.session_id))
    return LoginUser(member)


def record_visit(db: Session, member: Member, now: datetime) -> None:
    """Note that this login is in use, and that its member was here."""
    record_use(db, member.session_id, now)
    record_last_seen(db, account_id=member.account_id, now=now)


def current_member_or_none() -> Member | None:
    """Return the signed-in member, None for a visitor or if the database is unavailable."""
    if g.get("member_unknown") or not current_user.is_authenticated:
        return None
    return cast("LoginUser", current_user._get_current_object()).member  # noqa: SLF001 - the proxy's documented way in


def has_left() -> bool:
    """Tell whether this request came from a member whose account, or login, has gone since it began."""
    member, site = current_member_or_none(), this_site()
    if member is None:
        return False
    with site.database.reading() as db:
        return find_member(db, member.secret, site.now()) is None


SHOW_DRAFT = "microblog sign-in page for a text"  # the entry among the app's extensions of what shows it


ShowDraft = Callable[[Draft], Response]


WANTED, NAME = "wanted", "sign_in_as"  # what the session remembers for the sign-in page


LONGEST_REMEMBERED = 500  # characters of an address; there is little room in a cookie


KEPT = ("confirm_link",)
"""What stays through signing in: a link that was opened first. It opens nothing but to the member it was sent to."""


def begin_session(member_secret: str, *, remember: bool) -> None:
    """Sign this browser in, in a fresh session: nothing from before stays in it, but what is `KEPT`."""
    site = this_site()
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
    session.permanent = remember
    with site.database.reading() as db:
        member = find_member(db, member_secret, site.now())
    if member:
        login_user(LoginUser(member))


LONGEST_WAY = 2000  # characters of an address; a proxy takes in an answer whose head is 4 kB, with its cookies


def is_short(way: str) -> bool:
    """Tell whether a path fits into the head of an answer."""
    return len(quote(way, safe="", errors="replace")) <= LONGEST_WAY


def ask_to_sign_in() -> Response:
    """Send a visitor to the sign-in page, and remember where they wanted to go, or what they wrote."""
    forget_press()
    if draft := draft_sent():
        return cast("ShowDraft", current_app.extensions[SHOW_DRAFT])(draft)
    wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path not in ("/", "/index") else None
    if wanted:
        flash("Please sign in to see that page.", "info")
    way = wanted if wanted and is_short(wanted) else None
    return cast("Response", redirect(url_for("accounts.login", next=way), 303))


def safe_next(wanted: str | None) -> str:
    """Return a path on this site to go on to, whatever was asked for; home where it leads elsewhere.

    Browsers take a backslash for a slash and leave out tabs and line breaks, so an address with one of these is none.
    """
    here = wanted and wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if wanted and here and wanted.isprintable() and is_short(wanted) else url_for("home.index")


def wanted_here() -> str | None:
    """Return the page that somebody wants to see after signing in, by the address of this page; None for home."""
    wanted = request.args.get("next")
    return wanted if wanted and safe_next(wanted) == wanted else None


def remember_wanted() -> None:
    """Remember it in this browser, while its owner chooses a new password."""
    wanted = wanted_here()
    if wanted and len(quote(wanted, safe="")) <= LONGEST_REMEMBERED:
        session[WANTED] = wanted


def prepare_sign_in(username: str) -> None:
    """Clear this browser's session but for what the sign-in page is shown with: who signs in, and what was wanted."""
    wanted = wanted_here() or session.get(WANTED)
    session.clear()
    session[NAME] = username
    if wanted:
        session[WANTED] = wanted


def to_sign_in() -> str:
    """Return where the sign-in page is, on the way to what was wanted first."""
    return url_for("accounts.login", next=wanted_here() or session.get(WANTED))


def current_member() -> Member:
    """Return the signed-in member, in views with `login_required`."""
    return cast("Member", current_member_or_none())

"""The web: the only package that knows Flask. `create_app` is its public API."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_mail import Message

from microblog.auth.passwords import dummy_hash
from microblog.clock import Clock, system_clock
from microblog.db import Database
from microblog.settings import Settings
from microblog.web import account, admin, current_member, deferred, emailed_actions, errors, request_log, text
from microblog.web.auth import confirm_action, known_browsers, sign_in
from microblog.web.contact import address_links, backup_email
from microblog.web.follows import follow
from microblog.web.mail import flask_mail, mailbox
from microblog.web.mail.flask_mail import send_email
from microblog.web.ops import health, metrics
from microblog.web.pages import pages_of
from microblog.web.personal_data import keep
from microblog.web.posts import post_page
from microblog.web.profiles import profile_pages
from microblog.web.protection import repeated_posts, security, session_cookie
from microblog.web.recovery import check_email, recovery_codes, report_takeover, reset_password
from microblog.web.registration import sign_up
from microblog.web.server import client_address
from microblog.web.site import NAME, make_site
from microblog.web.subscriptions import choose_emails, unsubscribe
from microblog.web.timeline import home, lists
from microblog.web.urls import lead_on, link_repair, site_files, static_files, template_urls

__all__ = ["Message", "create_app", "pages_of", "send_email"]

LINK_PAGES = (
    reset_password.PAGE,
    report_takeover.PAGE,
    sign_up.PAGE,
    backup_email.PAGE,
    address_links.COMPLETE,
    address_links.TAKE_BACK,
    confirm_action.PAGE,
    keep.PAGE,
)
"""The pages of the links that emails carry; unsubscribing has a page of its own kind (RFC 8058)."""


class Application(Flask):
    """A Flask application whose views are all synchronous, so that each call of one need not look whether it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(settings: Settings, database: Database, clock: Clock = system_clock) -> Flask:
    """Make the site. Nothing is global: two apps in one process do not know of each other."""
    app = Application(__name__)
    app.extensions[NAME] = make_site(settings, database, clock)
    app.config["ADMINS"] = list(settings.admins)
    app.before_request(security.refuse_foreign_host)
    for module in (
        admin.access,
        metrics,
        security,
        client_address,
        session_cookie,
        repeated_posts,
        link_repair,
        static_files,
        template_urls,
        current_member,
        errors,
        emailed_actions,
        lead_on,
        request_log,
        flask_mail,
        deferred,
        known_browsers,
        account,
        sign_in,
        text,
    ):
        module.init_app(app, settings)
    register_pages(app, settings)
    local_mail = settings.trial and not settings.mail.server
    app.jinja_env.globals.update(trial=settings.trial, local_mail=local_mail, mail_server=settings.mail.server)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    dummy_hash()  # made now, so that the first stranger to sign in waits no longer than the next
    return app


def register_pages(app: Flask, settings: Settings) -> None:
    """Register the pages of the site; the local mailbox only in demo mode."""
    for module in (
        home,
        lists,
        post_page,
        follow,
        profile_pages,
        health,
        metrics,
        sign_in,
        reset_password,
        check_email,
        recovery_codes,
        backup_email,
        choose_emails,
        unsubscribe,
        site_files,
    ):
        app.register_blueprint(module.blueprint)
    for page in LINK_PAGES:
        emailed_actions.register_link(app, page)
    for module in (admin.mail, admin.sample_emails, admin.events, admin.members, admin.member_actions):
        app.register_blueprint(module.blueprint)
    if settings.trial:
        app.register_blueprint(mailbox.blueprint)

"""The web: the only room that knows Flask. `create_app` is its front door."""

from flask import Flask
from flask_mail import Message

from microblog.accounts import nobodys_hash
from microblog.clock import Clock, system_clock
from microblog.db import Database
from microblog.settings import Settings
from microblog.web import (
    account,
    admin,
    afterwards,
    check_email,
    client_address,
    errors,
    follows,
    health,
    home,
    known_browsers,
    lead_on,
    letters,
    link_repair,
    login,
    mail,
    mailbox,
    metrics,
    not_me,
    posts,
    profiles,
    recovery,
    recovery_codes,
    repeated_posts,
    request_log,
    second_address,
    security,
    sessions,
    sign_in,
    site_files,
    static_files,
    text,
    timeline,
    unsubscribe,
)
from microblog.web.mail import send_email
from microblog.web.pages import pages_of
from microblog.web.site import NAME, make_site

__all__ = ["Message", "create_app", "pages_of", "send_email"]


def create_app(settings: Settings, database: Database, clock: Clock = system_clock) -> Flask:
    """Make the site. Nothing is global: two apps in one process do not know of each other."""
    app = Flask(__name__)
    app.extensions[NAME] = make_site(settings, database, clock)
    app.config["ADMINS"] = list(settings.admins)
    app.before_request(security.refuse_foreign_host)
    for room in (
        admin.access,
        metrics,
        security,
        client_address,
        sessions,
        repeated_posts,
        link_repair,
        static_files,
        login,
        errors,
        lead_on,
        request_log,
        mail,
        afterwards,
        known_browsers,
        account,
        sign_in,
        text,
    ):
        room.init_app(app, settings)
    register_pages(app, settings)
    local_mail = settings.trial and not settings.mail.server
    app.jinja_env.globals.update(trial=settings.trial, local_mail=local_mail, mail_server=settings.mail.server)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    nobodys_hash()  # made now, so that the first stranger to sign in waits no longer than the next
    return app


def register_pages(app: Flask, settings: Settings) -> None:
    """Register the pages of the site; the local mailbox only in demo mode."""
    for room in (
        home,
        timeline,
        posts,
        follows,
        profiles,
        health,
        metrics,
        sign_in,
        recovery,
        check_email,
        not_me,
        recovery_codes,
        second_address,
        letters,
        unsubscribe,
        site_files,
    ):
        app.register_blueprint(room.blueprint)
    for room in (admin.mail, admin.letters, admin.events, admin.members, admin.member_actions):
        app.register_blueprint(room.blueprint)
    if settings.trial:
        app.register_blueprint(mailbox.blueprint)

"""A member's own area, /account: its parts, and the entries of its navigation, in one place."""

from dataclasses import dataclass

from flask import Flask

from microblog.settings import Settings
from microblog.web.account import events, overview
from microblog.web.auth import change_password, sessions
from microblog.web.contact import change_address
from microblog.web.personal_data import delete, download
from microblog.web.recovery import review


@dataclass(frozen=True)
class NavigationEntry:
    """One page of the area as its navigation names it, and a sentence of what can be done there."""

    endpoint: str
    name: str
    about: str


ENTRIES = (
    NavigationEntry("account_password.page", "Password", "Change it, and sign everybody else out."),
    NavigationEntry("account_address.page", "Email address", "Move to another. Letters go there."),
    NavigationEntry("second_address.page", "Backup email", "Another way back in, if you lose your main mailbox."),
    NavigationEntry("recovery_codes.codes_page", "Recovery codes", "Ten to print, to get back in without any mail."),
    NavigationEntry("account_review.page", "Recent changes", "What was added lately, and removing what isn’t yours."),
    NavigationEntry("account_logins.page", "Where I am signed in", "Every browser, and the end of any of them."),
    NavigationEntry(
        "account_events.page", "What happened", "Sign-ins, letters and changes, with time and rough origin."
    ),
    NavigationEntry("account_letters.page", "Letters", "Which ones you get."),
    NavigationEntry("account_download.page", "Download", "Everything your account holds, as one file."),
    NavigationEntry("account_delete.page", "Delete account", "With everything in it, after three days."),
)
PARTS = (
    overview,
    change_password,
    change_address,
    review,
    sessions,
    events,
    download,
    delete,
)
BLUEPRINTS = tuple(part.blueprint for part in PARTS)


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Open the area."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(account_entries=ENTRIES)

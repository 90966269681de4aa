"""A member's own area, /account: its parts, and the entries of its navigation, in one place."""

from dataclasses import dataclass

from flask import Flask

from microblog.settings import Settings
from microblog.web.account import overview


@dataclass(frozen=True)
class Entry:
    """One page of the area as its navigation names it, and a sentence of what can be done there."""

    endpoint: str
    name: str
    about: str


ENTRIES: tuple[Entry, ...] = ()
BLUEPRINTS = (overview.blueprint,)


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Open the area."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(account_entries=ENTRIES)

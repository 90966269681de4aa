"""A Flask view behind the same CSRF check, on the same server, that does nothing else.

`python -m benchmarks.bare_view PORT` serves it in a Flask application of its own, with Flask-WTF's check alone;
`python -m benchmarks.bare_view PORT ours` in the product's, with all that it does for every request.
"""

import logging
import secrets
import sys

from flask import Flask, redirect
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from benchmarks.load import FORM
from microblog.db import Database
from microblog.settings import load
from microblog.web import create_app
from microblog.web.server.waitress_server import Server, listen_on

PATH = "/nothing"


def bare_app() -> Flask:
    """Make a Flask application with nothing but a form."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = secrets.token_hex()
    CSRFProtect(app)

    @app.get(FORM)
    def show() -> str:
        return f'<form method="post"><input name="csrf_token" value="{generate_csrf()}"></form>'

    return app


def our_app() -> Flask:
    """Make the product's application."""
    settings = load()
    return create_app(settings, Database(settings.database_url))


def main(port: int, *, ours: bool) -> None:
    """Serve."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = our_app() if ours else bare_app()

    @app.post(PATH)
    def take() -> Response:
        return redirect("/login")

    Server(app, listen_on("127.0.0.1", port)).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), ours="ours" in sys.argv)

"""The request log: the route, never the path, for a path may hold a token."""

import logging
import time

from flask import Flask, Response, g, request

from microblog.settings import Settings

log = logging.getLogger(__name__)


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Log every request when it is answered."""
    app.before_request(start_watch)
    app.after_request(write_line)


def start_watch() -> None:
    """Note when the request began."""
    g.began = time.perf_counter()


def write_line(response: Response) -> Response:
    """Write the line. Static files are not worth one."""
    if request.endpoint != "static":
        route = request.url_rule.rule if request.url_rule else "-"
        took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        log.info("%s %s %s %.0f ms", request.method, route, response.status_code, took)
    return response

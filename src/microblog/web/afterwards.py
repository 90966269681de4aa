"""What is written down once an answer has left: it makes nobody wait, and where it fails nobody misses it."""

import logging
from collections.abc import Callable

from flask import Response, after_this_request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from microblog.web.site import Site, this_site

log = logging.getLogger(__name__)


def once_answered(is_done: Callable[[Session], bool], write: Callable[[Session], None]) -> None:
    """Write something when this request's answer has left, unless a look at the database says that it is done.

    It runs on the thread that answered, so that no more of it can pile up than the server has threads, on a connection
    of its own, and gives up after `db.HURRY` seconds. It is for notes of what was seen, never for a change.
    """
    site = this_site()

    @after_this_request
    def and_then(response: Response) -> Response:
        response.call_on_close(lambda: attempt(site, is_done, write))
        return response


def attempt(site: Site, is_done: Callable[[Session], bool], write: Callable[[Session], None]) -> None:
    """Look, then write. The answer is gone, so trouble is for the log alone."""
    try:
        with site.hurried.reading() as db:
            done = is_done(db)
        if not done:
            with site.hurried.writing() as db:
                write(db)
    except SQLAlchemyError as error:
        log.warning("could not be noted: %s", getattr(error, "orig", None) or type(error).__name__)

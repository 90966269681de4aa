"""Limits on the request as it is received, and the error page beyond them.

Waitress reads requests; what it would let through and a proxy in front might read otherwise is refused here.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error, RequestHeaderFieldsTooLarge

from microblog.web.errors import WORDS
from microblog.web.protection.security import standing_headers
from microblog.web.site import NAME, Site

if TYPE_CHECKING:
    from flask import Flask

LARGEST_HEAD = 32 * 1024  # bytes of the first line and all headers
MOST_HEADERS = 100
LONGEST_ADDRESS = 8000  # bytes of path and query; RFC 9110 section 4.1 asks for this many
LONGEST_LINE = 8 * 1024  # bytes of a chunk's first line or of what follows the last chunk


class AddressTooLong(BadRequest):  # type: ignore[misc] # waitress has no types
    """The path and query are."""

    code = 414
    reason = "URI Too Long"


class BoundedRequest(HTTPRequestParser):  # type: ignore[misc]
    """A request whose parts have bounds, and whose length can be read in one way only."""

    error: Error | None = None
    lines = 0
    request_uri = ""

    def received(self, data: bytes) -> int:
        """Take in some bytes, and refuse as soon as a bound is passed."""
        taken: int = super().received(data)
        if self.error is None and (error := self._beyond()):
            self.error = error
            self.completed = True
        if self.error:
            self.expect_continue = False  # or waitress would go on to read what was refused
        return taken

    def _beyond(self) -> Error | None:
        if self.headers_finished and len(self.request_uri) > LONGEST_ADDRESS:
            return AddressTooLong("")
        if self.headers_finished and self.lines > MOST_HEADERS:
            return RequestHeaderFieldsTooLarge("")
        if self.chunked and len(self.body_rcv.control_line) + len(self.body_rcv.trailer) > LONGEST_LINE:
            return BadRequest("")
        return None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers.

        Raises:
            ParsingError: the length of the body is said twice, or in a way the version of the protocol does not have;
                who reads it otherwise would see another request in what we take for a body (RFC 9112 section 6.1).
        """
        super().parse_header(header_plus)
        self.lines = header_plus.count(b"\r\n")
        said_twice = self.chunked and "CONTENT_LENGTH" in self.headers
        if said_twice or "TRANSFER_ENCODING" in self.headers:  # of HTTP/1.1 it was taken out
            raise ParsingError("the length of the body cannot be read")


class RefusalPage(ErrorTask):  # type: ignore[misc]
    """The page for a request that never reaches the site."""

    def execute(self) -> None:
        """Write it."""
        app: Flask = self.channel.server.application
        status = HTTPStatus(self.request.error.code)
        title, text = WORDS.get(status, WORDS[400])
        page = app.jinja_env.get_template("plain_error.html").render(title=title, text=text).encode()
        settings = cast("Site", app.extensions[NAME]).settings
        headers = {**standing_headers(strict=not settings.trial), "Content-Type": "text/html; charset=utf-8"}
        self.status = f"{status.value} {status.phrase}"
        self.response_headers.extend((headers | {"Cache-Control": "no-store"}).items())
        self.set_close_on_finish()
        self.content_length = len(page)
        self.write(page)

"""Requests that are no HTTP never reach the site. What waitress would say of them is said here in its place."""

from collections.abc import Mapping
from http import HTTPStatus

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

THEIRS = b"Your browser sent something this site cannot read.\n"
OURS = b"Something went wrong here. Please try again later.\n"


def channel_that_says(headers: Mapping[str, str]) -> type[HTTPChannel]:
    """Return a kind of connection that refuses in our words, with these headers, and repeats nothing that was sent."""

    class Refusal(ErrorTask):  # type: ignore[misc] # waitress has no types
        def execute(self) -> None:
            error = self.request.error
            words = OURS if error.code == HTTPStatus.INTERNAL_SERVER_ERROR else THEIRS
            self.status = f"{error.code} {error.reason}"
            self.response_headers += [("Content-Type", "text/plain; charset=utf-8"), *headers.items()]
            self.set_close_on_finish()
            self.content_length = len(words)
            self.write(words)

    class Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
        error_task_class = Refusal

    return Channel

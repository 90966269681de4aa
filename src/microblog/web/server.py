"""Serving: waitress, whose single reading thread keeps slow clients away from the threads that work."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import waitress
from flask import Flask

from microblog.web.afterwards import gatherings_of
from microblog.web.security import LARGEST_FORM
from microblog.web.wire import LARGEST_HEAD, PatientChannel

STOPS = (signal.SIGINT, signal.SIGTERM)
THREADS = 8
PATIENCE = (
    30  # seconds for a request to arrive, and for a silent connection; at most twice that, where it is looked after
)
CONNECTIONS = 1000  # at once; a slow client holds one of these, and no thread
LARGEST_BODY = 8 * 1024 * 1024  # bytes waitress takes in, so that the site itself can say that it is too large


class CannotListen(Exception):  # noqa: N818 - told to the operator as it is
    """The address is in use, or not ours."""


class Server:
    """The site on one address. It is bound when made, so that a taken port is known before anything starts."""

    def __init__(self, app: Flask, host: str, port: int, patience: int = PATIENCE) -> None:
        self._app = app
        try:
            self._server = waitress.create_server(
                app,
                host=host,
                port=port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                asyncore_use_poll=True,  # select() ends at descriptor 1024
                ident=None,
                max_request_body_size=LARGEST_BODY,
                max_request_header_size=LARGEST_HEAD,
                inbuf_overflow=LARGEST_FORM,  # bytes of a body that are held in memory; the rest is in a file
                channel_timeout=patience,
                cleanup_interval=patience,
                clear_untrusted_proxy_headers=False,  # ProxyFix counts the proxies, or ignores their headers
            )
        except OSError as error:
            advice = "microblog run --port 5001, or PUBLIC_URL=http://localhost:5001 make run"
            words = f"{host}:{port} cannot be listened on ({error.strerror or error}). Choose another: {advice}."
            raise CannotListen(words) from error
        self._server.channel_class = PatientChannel

    def run(self) -> None:
        """Serve until SystemExit (`until_stopped`); what is being answered then is finished first."""
        self._server.run()

    def close(self) -> None:
        """Let go of the address, and do what was put off."""
        self._server.close()
        gatherings_of(self._app).close()


@contextmanager
def until_stopped() -> Iterator[None]:
    """Let SIGINT or SIGTERM end what is done within, and nothing more; a second one ends the process at once."""

    def heard(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        for one in STOPS:
            signal.signal(one, signal.SIG_DFL)
        raise SystemExit(0)

    for number in STOPS:
        signal.signal(number, heard)
    with suppress(SystemExit):
        yield

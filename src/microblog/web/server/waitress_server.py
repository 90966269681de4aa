"""The waitress server: one thread reads, so that slow clients never occupy the threads that work."""

import resource
import socket
from collections.abc import Sequence
from typing import cast

from flask import Flask

# Waitress documents `serve` alone, which bounds neither requests nor connections as we need. What is imported here, in
# `connection_limits` and in `request_limits` has public names. requirements/run.txt pins its version; test_bounds.py
# and test_crowded.py in tests/web hold what it must do.
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from microblog.settings.readers import bracket_ipv6
from microblog.web.deferred import deferred_writes
from microblog.web.protection.security import LARGEST_FORM
from microblog.web.server.connection_limits import PER_CLIENT, BoundedServer
from microblog.web.server.request_limits import LARGEST_HEAD
from microblog.web.site import NAME, Site

THREADS = 8
PATIENCE = (
    30  # seconds for a request to arrive, and for a silent connection; at most twice that, where it is looked after
)
CONNECTIONS = 1000  # at once; a slow client holds one of these, and no thread
BACKLOG = 1024  # connections that wait to be taken in
SPARE = 100  # connections beyond those, while the oldest are being closed
FILES = 4096  # open files that so many connections may need: each a socket, and a file for a long body or answer
OTHER_FILES = 200  # of the database, the log and the program itself
LARGEST_BODY = 8 * 1024 * 1024  # bytes waitress takes in, so that the site itself can say that it is too large


class CannotListen(Exception):  # noqa: N818 - told to the operator as it is
    """The address is in use, or not ours."""


def listen_on(host: str, port: int) -> list[socket.socket]:
    """Bind an address, and listen: once for each address a host name has.

    Raises:
        CannotListen: it is taken, or not ours.
    """
    sockets: list[socket.socket] = []
    try:
        listen = Adjustments(listen=f"{bracket_ipv6(host)}:{port}").listen
    except ValueError as error:
        raise CannotListen(
            f"{bracket_ipv6(host)}:{port} cannot be listened on: no such address is known here."
        ) from error
    try:
        for family, kind, protocol, address in listen:
            one = socket.socket(family, kind, protocol)
            sockets.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(BACKLOG)
    except OSError as error:
        for one in sockets:
            one.close()
        advice = "microblog run --port 5001, or PUBLIC_URL=http://localhost:5001 make run"
        words = (
            f"{bracket_ipv6(host)}:{port} cannot be listened on ({error.strerror or error}). Choose another: {advice}."
        )
        raise CannotListen(words) from error
    return sockets


class Server:
    """The site on sockets that listen; several processes may share them."""

    def __init__(
        self,
        app: Flask,
        sockets: Sequence[socket.socket],
        patience: int = PATIENCE,
        most: int = 0,
        most_per_client: int = PER_CLIENT,
    ) -> None:
        """Prepare it; `most` connections at once are as many as the open files allow, unless it is given."""
        self._app = app
        most = most or connections_possible()
        adjustments = adjustments_for(patience, most + SPARE)
        dispatcher, connections = ThreadedTaskDispatcher(), dict[int, object]()
        dispatcher.set_thread_count(THREADS)
        self._listening: list[BoundedServer] = []
        for each in sockets:
            info = (each.family, each.type, each.proto, each.getsockname())
            one = BoundedServer(app, connections, True, each, dispatcher, adjustments, sockinfo=info, bind_socket=False)
            one.connections = connections
            one.most, one.most_per_client = most, most_per_client
            one.trusted_proxies = cast("Site", app.extensions[NAME]).settings.trusted_proxies
            self._listening.append(one)
        self._server = self._listening[0]

    def run(self) -> None:
        """Serve until SystemExit (`processes.until_stopped`); what is being answered then is finished first."""
        self._server.run()

    def close(self) -> None:
        """Let go of the address, and do what was put off."""
        for one in self._listening:
            one.close()
        deferred_writes(self._app).close()


def adjustments_for(patience: int, most: int) -> Adjustments:
    """Return waitress's settings."""
    return Adjustments(
        threads=THREADS,
        backlog=BACKLOG,
        connection_limit=most,
        asyncore_use_poll=True,  # select() ends at descriptor 1024
        ident=None,
        max_request_body_size=LARGEST_BODY,
        max_request_header_size=LARGEST_HEAD,
        inbuf_overflow=LARGEST_FORM,  # bytes of a body that are held in memory; the rest is in a file
        channel_timeout=patience,
        cleanup_interval=patience,
        clear_untrusted_proxy_headers=False,  # `client_address` counts the proxies, or ignores their headers
    )


def connections_possible() -> int:
    """Raise the limit of open files where that is allowed, and return how many connections it permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        soft = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(min(CONNECTIONS, (soft - OTHER_FILES) // 3), SPARE)

"""Limits on idle connections: of one client, and of all clients together.

Where there are too many, the oldest of whoever holds most is closed, so that a newcomer always gets in. Before the head
of a request is read, a client is whoever connected; of a trusted proxy's connections nobody knows yet whose they are,
so they count for all clients together alone. From then on the client is whom X-Forwarded-For names.
"""

import socket
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from microblog.web.server.client_address import client_network, forwarded_address, read_address
from microblog.web.server.request_limits import BoundedRequest, RefusalPage

PER_CLIENT = 100
"""Connections of one client. A browser opens six."""


class BoundedChannel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """A connection whose requests have to arrive within the time a silent one has; a byte now and then wins none."""

    parser_class = BoundedRequest
    error_task_class = RefusalPage
    began = 0.0
    _active = 0.0

    def __init__(self, server: "BoundedServer", *given: Any, **named: Any) -> None:  # noqa: ANN401 - as waitress has it
        super().__init__(server, *given, **named)
        self.since = time.monotonic()
        self._peer = None if server.trusted_proxies else household_of(self.addr[0])
        self.client: str | None = self._peer
        server.has_news = True

    @property
    def last_activity(self) -> float:
        """The time of the last activity by the monotonic clock; waitress would take the one that can be set."""
        return self._active

    @last_activity.setter
    def last_activity(self, moment: float) -> None:  # noqa: ARG002
        self._active = time.monotonic()

    @property
    def is_held(self) -> bool:
        """True while it is silent, its request is incomplete, or its response is not read."""
        return not (self.requests or self.will_close)

    def received(self, data: bytes) -> bool:
        """Take in some bytes."""
        before = self.request
        taken: bool = super().received(data)
        if self.request is not None:
            if self.request is not before:
                self.began = self.since = time.monotonic()
            self._active = self.began
            self._note_client()
        return taken

    def service(self) -> None:
        """Answer a request; what comes then on this connection may be another client's."""
        self.since = time.monotonic()
        super().service()
        self.client, self.since = self._peer, time.monotonic()
        self.server.has_news = True

    def close_now(self) -> None:
        """Close it soon, also where the other side takes nothing: waitress would wait until it does."""
        self.will_close = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def _note_client(self) -> None:
        proxies = self.server.trusted_proxies
        if proxies and self.client is None and self.request.headers_finished:
            named = forwarded_address(self.request.headers.get("X_FORWARDED_FOR", ""), proxies)
            self.client = client_network(named) if named else None
            self.server.has_news = self.server.has_news or self.client is not None


class BoundedServer(TcpWSGIServer):  # type: ignore[misc]
    """A listening socket whose connections are bounded; several may share one map of connections."""

    channel_class = BoundedChannel
    connections: dict[int, object]
    """Of all servers that share it, by socket; waitress keeps it and gives no other way to it."""
    trusted_proxies = 0
    most = 0
    most_per_client = PER_CLIENT
    has_news = False
    _look_again = 0.0

    def readable(self) -> bool:
        """Look after the connections, once in each round of waiting for them; then tell whether more are taken in."""
        now = time.monotonic()
        if now >= self._look_again:
            self._look_again = now + self.adj.cleanup_interval
            for channel in self._channels():
                if channel.is_held and channel.last_activity < now - self.adj.channel_timeout:
                    channel.close_now()
        if self.has_news and len(self.connections) > min(self.most, self.most_per_client):
            self.has_news = False
            for channel in too_many(self._channels(), self.most, self.most_per_client):
                channel.close_now()
        taken_in: bool = super().readable()
        return taken_in

    def maintenance(self, now: float) -> None:
        """Do nothing: it is done above, by a clock that nobody sets."""

    def _channels(self) -> list[BoundedChannel]:
        return [one for one in self.connections.values() if isinstance(one, BoundedChannel)]


def household_of(text: str) -> str | None:
    """Return the client at an address as a socket names it."""
    address = read_address(text)
    return client_network(address) if address else None


def too_many(channels: Iterable[BoundedChannel], most: int, most_per_client: int) -> list[BoundedChannel]:
    """Return which connections to close: the oldest of each client that holds too many, then of who holds most."""
    staying = 0
    held: dict[str | None, list[BoundedChannel]] = defaultdict(list)
    for channel in channels:
        staying += not channel.will_close
        if channel.is_held:
            held[channel.client].append(channel)
    closing = []
    for client, of_client in held.items():
        of_client.sort(key=lambda one: one.since, reverse=True)
        while client is not None and len(of_client) > most_per_client:
            closing.append(of_client.pop())
    while staying - len(closing) > most and any(held.values()):
        closing.append(max(filter(None, held.values()), key=size_and_age).pop())
    return closing


def size_and_age(of_client: list[BoundedChannel]) -> tuple[int, float]:
    """Return what decides whose connection is closed: who holds most, and of several the one who holds one longest."""
    return len(of_client), -of_client[-1].since

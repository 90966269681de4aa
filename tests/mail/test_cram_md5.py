"""A login by CRAM-MD5, which proves the password without showing it."""

import hmac
import socket
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator

import pytest

from microblog.mail.connection import ASKS_ON, Connection

CHALLENGE = b"<1896.697170952@postoffice.reston.mci.net>"


class Server(threading.Thread):
    """A mail server that knows CRAM-MD5 alone; it asks so often, and remembers what it was answered."""

    def __init__(self, asks: int = 1) -> None:
        super().__init__(daemon=True)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._asks = asks
        self.answers: list[bytes] = []

    def run(self) -> None:
        """Serve one client."""
        line, _ = self._listening.accept()
        with self._listening, line, line.makefile("rwb", buffering=0) as both:
            both.write(b"220 here\r\n")
            both.readline()
            both.write(b"250-here\r\n250 AUTH CRAM-MD5\r\n")
            assert both.readline() == b"AUTH CRAM-MD5\r\n"
            for _ in range(self._asks):
                both.write(b"334 " + b64encode(CHALLENGE) + b"\r\n")
                if not (answer := both.readline()):
                    return
                self.answers.append(b64decode(answer))
            both.write(b"235 welcome\r\n")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.join(10)


def signed_in(server: Server, username: str, password: str) -> None:
    connection = Connection("127.0.0.1", server.port, "here", timeout=10)
    try:
        connection.greet()
        connection.sign_in(username, password)
    finally:
        connection.close()


def test_the_example_of_the_standard(server: Server) -> None:
    """RFC 2195 section 2."""
    signed_in(server, "tim", "tanstaaftanstaaf")
    assert server.answers == [b"tim b913a602c7eda7a495b4e6e7334d3890"]


def test_a_login_outside_ascii_counts_as_utf8(server: Server) -> None:
    signed_in(server, "tím", "öffne dich")
    digest = hmac.new("öffne dich".encode(), CHALLENGE, "md5").hexdigest()
    assert server.answers == [f"tím {digest}".encode()]


def test_a_server_that_never_stops_asking_is_left() -> None:
    server = Server(asks=100)
    server.start()
    with pytest.raises(OSError, match=ASKS_ON):
        signed_in(server, "tim", "tanstaaftanstaaf")
    server.join(10)

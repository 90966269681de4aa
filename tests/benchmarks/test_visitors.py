"""The people of `make bench ARGS=peers`: all of them ask, each once, as a new browser."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from benchmarks.visitors import Visitor, everybody_asks

ALL_TEN = sorted(f"member{number}@example.com" for number in range(10))


class Form(BaseHTTPRequestHandler):
    """A form whose token goes with its cookie."""

    protocol_version = "HTTP/1.1"
    asked: list[str]
    shown: int
    status = 302

    def do_GET(self) -> None:
        type(self).shown += 1
        page = f'<input name="csrf_token" value="a+{self.shown}">'.encode()
        self.send_response(200)
        self.send_header("Set-Cookie", f"session=a+{self.shown}; Path=/")
        self._send(page)

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert self.headers["Cookie"] == f"session={fields['csrf_token'][0]}"
        self.asked.extend(fields["email"])
        self.send_response(self.status)
        self._send(b"")

    def _send(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def form() -> Iterator[tuple[type[Form], int]]:
    """Serve a form of this test's own, and return it with its port."""

    class Own(Form):
        asked: list[str] = []  # noqa: RUF012
        shown = 0

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Own, server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("count", [1, 3, 20])
def test_every_member_asks_once_with_a_token_and_cookie_of_their_own(form: tuple[type[Form], int], count: int) -> None:
    served, port = form
    everybody_asks(partial(Visitor, port, "/reset", "csrf_token"), iter(range(10)), count)
    assert sorted(served.asked) == ALL_TEN
    assert served.shown == 10


def test_an_answer_that_is_no_success_ends_the_measurement(form: tuple[type[Form], int]) -> None:
    served, port = form
    served.status = 429
    visitors = []

    def come(member: int) -> Visitor:
        visitors.append(Visitor(port, "/reset", "csrf_token", member))
        return visitors[-1]

    with pytest.raises(RuntimeError, match="not accepted"):
        everybody_asks(come, iter(range(10)), 1)
    for visitor in visitors:
        visitor.line.close()

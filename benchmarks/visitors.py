"""People who forgot their password: each is new to the site, fetches the form and sends it with their own address.

`python -m benchmarks.visitors PORT PATH CLIENTS FIELD` reads how many members there are from each line, lets
every one of them ask once, that many at a time, and answers with the moments of the first request and the last answer
(of `time.monotonic`, which all processes of a machine share). FIELD is the one that holds the CSRF token. Connections
are kept open, as a proxy does. One thread does it all, for the processor is what the sites are measured by.
"""

import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote

COOKIE = re.compile(rb"(?i)^set-cookie: ([^;\r]+)", re.MULTILINE)
LENGTH = re.compile(rb"(?i)^content-length: (\d+)", re.MULTILINE)
ANSWERED = (b"200", b"302", b"303")


class Visitor:
    """One connection, and one person after the other who uses it."""

    def __init__(self, port: int, path: str, field: str) -> None:
        self._port, self._field = port, field.encode()
        self._token = re.compile(rb'name="' + self._field + rb'"[^>]*value="([^"]+)"')
        host = f"HTTP/1.1\r\nHost: localhost:{port}\r\n"
        self._get = f"GET {path} {host}\r\n".encode()
        self._post = f"POST {path} {host}Content-Type: application/x-www-form-urlencoded\r\n".encode()
        self._email, self._received = b"", b""
        self.line = self._connect()

    def ask(self, member: int) -> None:
        """Begin with a member."""
        self._email = b"member%d%%40example.com" % member
        self.line.sendall(self._get)

    def goes_on(self) -> bool:
        """Receive, and send the form once its page is here. False where the answer to that has come, too.

        Raises:
            RuntimeError: the site does not answer as it should.
        """
        received = self.line.recv(65536)
        if not received:
            raise RuntimeError(f"hung up after {self._received[-500:]!r}")
        self._received += received
        end = self._received.find(b"\r\n\r\n") + 1
        length = LENGTH.search(self._received, 0, end + 1)
        if not end or not length or len(self._received) < end + 3 + int(length[1]):
            return True
        answer, self._received = self._received, b""
        if answer[9:12] not in ANSWERED:
            raise RuntimeError(f"not accepted: {answer[:500]!r}")
        return self._send_form(answer)

    def _send_form(self, page: bytes) -> bool:
        email, self._email = self._email, b""
        if not email:
            return False
        token = self._token.search(page)
        if not token:
            raise RuntimeError(f"there is no form in {page[:500]!r}")
        body = self._field + b"=" + quote(token[1].decode()).encode() + b"&email=" + email
        cookies = b"; ".join(COOKIE.findall(page))
        self.line.sendall(b"%sCookie: %s\r\nContent-Length: %d\r\n\r\n%s" % (self._post, cookies, len(body), body))
        return True

    def _connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self._port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


def everybody_asks(visitors: list[Visitor], members: Iterator[int]) -> None:
    """Let the visitors ask for one member after the other until there are no more."""
    with selectors.DefaultSelector() as selector:
        for visitor, member in zip(visitors, members, strict=False):
            selector.register(visitor.line, selectors.EVENT_READ, visitor)
            visitor.ask(member)
        while selector.get_map():
            for key, _ in selector.select():
                if key.data.goes_on():
                    continue
                member = next(members, -1)
                if member < 0:
                    selector.unregister(key.data.line)
                else:
                    key.data.ask(member)


def main(port: int, path: str, clients: int, field: str) -> None:
    """Answer orders until there are no more."""
    for line in sys.stdin:
        visitors = [Visitor(port, path, field) for _ in range(clients)]
        began = time.monotonic()
        everybody_asks(visitors, iter(range(int(line))))
        print(began, time.monotonic(), flush=True)
        for visitor in visitors:
            visitor.line.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])

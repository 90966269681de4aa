"""People who forgot their password: each comes in a new browser, fetches the form and sends it with their own address.

`python -m benchmarks.visitors PORT PATH CLIENTS FIELD` reads how many members there are from each line, lets
every one of them ask once, that many at a time, and answers with the moments of the first request and the last answer
(of `time.monotonic`, which all processes of a machine share). FIELD is the one that holds the CSRF token. Everybody has
a connection of their own. One thread does it all, for the processor is what the sites are measured by.
"""

import re
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from urllib.parse import quote

COOKIE = re.compile(rb"(?i)^set-cookie: ([^;\r]+)", re.MULTILINE)
LENGTH = re.compile(rb"(?i)^content-length: (\d+)", re.MULTILINE)
ANSWERED = (b"200", b"302", b"303")


class Visitor:
    """One person: GET, POST, and gone."""

    def __init__(self, port: int, path: str, field: str, member: int) -> None:
        """Connect, and ask for the form."""
        self._field = field.encode()
        self._token = re.compile(rb'name="' + self._field + rb'"[^>]*value="([^"]+)"')
        host = f"HTTP/1.1\r\nHost: localhost:{port}\r\n"
        self._post = f"POST {path} {host}Content-Type: application/x-www-form-urlencoded\r\n".encode()
        self._email, self._received = b"member%d%%40example.com" % member, b""
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.sendall(f"GET {path} {host}\r\n".encode())

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


def everybody_asks(come: Callable[[int], Visitor], members: Iterator[int], at_once: int) -> None:
    """Have somebody come for each member, so many at a time."""
    with selectors.DefaultSelector() as selector:

        def next_comes() -> None:
            for member in islice(members, 1):
                visitor = come(member)
                selector.register(visitor.line, selectors.EVENT_READ, visitor)

        for _ in range(at_once):
            next_comes()
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.goes_on():
                    selector.unregister(key.data.line)
                    key.data.line.close()
                    next_comes()


def main(port: int, path: str, clients: int, field: str) -> None:
    """Answer orders until there are no more."""
    for line in sys.stdin:
        began = time.monotonic()
        everybody_asks(partial(Visitor, port, path, field), iter(range(int(line))), clients)
        print(began, time.monotonic(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])

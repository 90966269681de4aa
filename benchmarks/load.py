"""Clients that fill in one form again and again, each on a connection of its own.

`python -m benchmarks.load PORT PATH CLIENTS` reads lines "SECONDS STRIDE" and answers each with how many requests a
second were accepted at that path. The names filled in are a thousand different members, STRIDE apart. With one more
argument, a proxy would say that every second client has one address, and is refused, and the others new ones each time.
"""

import random
import re
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote

FORM = "/reset_password_request"
MEMBERS = 1000
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
COOKIE = re.compile(rb"(?i)^set-cookie: ([^;\r]+)", re.MULTILINE)
LENGTH = re.compile(rb"(?i)^content-length: (\d+)", re.MULTILINE)
ACCEPTED = (b"302", b"303")
REFUSED = (b"429",)


@dataclass
class Client:
    """One browser. It keeps its first cookie, whatever is said to it later, and connects anew for each turn."""

    port: int
    path: str
    abusive: bool | None = None
    accepted: int = 0
    refused: bytes = b""
    _head: bytes = field(default=b"", init=False)
    _token: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Fetch the form."""
        self._connect()
        host = f"Host: localhost:{self.port}\r\n"
        page = self._exchange(f"GET {FORM} HTTP/1.1\r\n{host}\r\n".encode())
        token, cookie = TOKEN.search(page), COOKIE.search(page)
        if not (token and cookie):
            raise RuntimeError(f"there is no form at {FORM}")
        self._token = quote(token[1].decode())
        head = f"POST {self.path} HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\n".encode()
        self._head = head + b"Cookie: " + cookie[1].replace(b"%", b"%%") + b"\r\n%sContent-Length: %d\r\n\r\n"

    def fill_in(self, members: range, until: float) -> None:
        """Send the form for these members, over and over, until that moment of `time.monotonic`."""
        self._connect()
        self.accepted = 0
        while True:
            for member in members:
                if time.monotonic() > until:
                    return
                body = f"csrf_token={self._token}&email=member{member}%40example.com".encode()
                answer = self._exchange(self._head % (self._address(), len(body)) + body)
                if answer[9:12] in ACCEPTED or (self.abusive and answer[9:12] in REFUSED):
                    self.accepted += 1
                else:
                    self.refused = answer[:500]

    def _address(self) -> bytes:
        if self.abusive is None:
            return b""
        address = ip_address("192.0.2.1") if self.abusive else ip_address(random.getrandbits(31))
        return f"X-Forwarded-For: {address}\r\n".encode()

    def _connect(self) -> None:
        self._line = socket.create_connection(("127.0.0.1", self.port))
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _exchange(self, request: bytes) -> bytes:
        self._line.sendall(request)
        answer = self._receive()
        while not (end := answer.find(b"\r\n\r\n") + 1):
            answer += self._receive()
        length = LENGTH.search(answer, 0, end + 1)
        whole = end + 3 + int(length[1] if length else 0)
        while len(answer) < whole:
            answer += self._receive()
        return answer

    def _receive(self) -> bytes:
        received = self._line.recv(65536)
        if not received:
            raise EOFError("the server hung up")
        return received


def together(clients: list[Client], seconds: float, stride: int) -> float:
    """Let all of them go at it, and return how many requests a second were accepted."""
    began = time.monotonic()
    threads = [
        threading.Thread(
            target=client.fill_in, args=(range(i * stride, MEMBERS * stride, len(clients) * stride), began + seconds)
        )
        for i, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        if client.refused:
            raise RuntimeError(f"not accepted: {client.refused!r}")
    return sum(client.accepted for client in clients) / (time.monotonic() - began)


def main(port: int, path: str, count: int, *, with_abuse: bool) -> None:
    """Answer orders until there are no more."""
    clients = [Client(port, path, number % 2 == 0 if with_abuse else None) for number in range(count)]
    for line in sys.stdin:
        seconds, stride = line.split()
        print(together(clients, float(seconds), int(stride)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), with_abuse=len(sys.argv) > 4)

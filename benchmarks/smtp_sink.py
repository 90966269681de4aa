"""A mail server that takes every letter and keeps none, in plain blocking sockets, for that is the quickest in Python.

As a process of its own: `python -m benchmarks.smtp_sink [--seconds 2] [--certificate PEM] [--login USER:PASSWORD]`. It
prints its port, and answers `XCOUNT` with how many letters it has taken.
"""

import argparse
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

END_OF_LINE, END_OF_LETTER = b"\r\n", b"\r\n.\r\n"
MOST_CONNECTIONS = 500


@dataclass
class Sink:
    """Listens on a free port of this machine. `taken` is told each recipient, at the moment of the 250."""

    seconds: float = 0.0
    """How long it thinks about each letter before it takes it."""
    at_once: int = MOST_CONNECTIONS
    """Of how many letters it thinks at the same time; the others wait."""
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    taken: Callable[[str], None] = lambda _: None
    letters: int = 0
    _renderer: threading.Semaphore = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Bind, so that the port is known before anybody asks."""
        self._busy = threading.Semaphore(self.at_once)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=MOST_CONNECTIONS)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def start(self) -> "Sink":
        """Listen in threads of this process."""
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self) -> None:
        """Take connections until it is closed."""
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=Conversation(self, line).run, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def take(self, recipient: str, gone: Callable[[], bool]) -> bool:
        """Think about a letter and take it, unless whoever brought it has gone meanwhile."""
        if self.seconds:
            with self._busy:
                time.sleep(self.seconds)
        if self.seconds and gone():
            return False
        with self._lock:
            self.letters += 1
        self.taken(recipient)
        return True


class Conversation:
    """One connection."""

    def __init__(self, sink: Sink, line: socket.socket) -> None:
        self._sink = sink
        self._line = line
        self._read = b""
        self._said: list[bytes] = []
        self._recipient = ""
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self) -> None:
        """Talk until one of us has had enough."""
        self._said = [b"220 sink ESMTP\r\n"]
        try:
            while True:
                command = self._until(END_OF_LINE)
                word = command[:4].upper()
                if word == b"QUIT":
                    self._say(b"221 bye")
                    self._flush()
                    return
                self._answer(word, command)
        except (OSError, EOFError):
            return
        finally:
            self._line.close()

    def _answer(self, word: bytes, command: bytes) -> None:
        if word == b"DATA":
            self._say(b"354 go on")
            self._until(END_OF_LETTER)
            if not self._sink.take(self._recipient, self._gone):
                raise EOFError
        elif word == b"RCPT":
            self._recipient = command.partition(b"<")[2].partition(b">")[0].decode()
        elif word == b"EHLO":
            self._offer()
            return
        elif word == b"STAR" and self._sink.tls:
            self._secure(self._sink.tls)
            return
        elif word == b"AUTH":
            self._sign_in(command)
            return
        elif word == b"XCOU":
            self._say(b"250 %d" % self._sink.letters)
            return
        self._say(b"250 ok")

    def _offer(self) -> None:
        secure = isinstance(self._line, ssl.SSLSocket)
        offers = ["sink", "PIPELINING", "8BITMIME", "SMTPUTF8"]
        if self._sink.tls and not secure:
            offers.append("STARTTLS")
        elif self._sink.login:
            offers.append("AUTH PLAIN")
        for offer in offers[:-1]:
            self._say(f"250-{offer}".encode())
        self._say(f"250 {offers[-1]}".encode())

    def _secure(self, tls: ssl.SSLContext) -> None:
        self._say(b"220 go on")
        self._flush()
        self._line = tls.wrap_socket(self._line, server_side=True)

    def _sign_in(self, command: bytes) -> None:
        user, password = self._sink.login or ("", "")
        right = command.split()[-1] == b64encode(f"\0{user}\0{password}".encode())
        self._say(b"235 welcome" if right else b"535 who is that?")

    def _until(self, mark: bytes) -> bytes:
        """Read up to a mark; what was said is sent before we wait for more (RFC 2920)."""
        while (end := self._read.find(mark)) < 0:
            self._flush()
            received = self._line.recv(65536)
            if not received:
                raise EOFError
            self._read += received
        found, self._read = self._read[:end], self._read[end + len(mark) :]
        return found

    def _say(self, words: bytes) -> None:
        self._said.append(words + END_OF_LINE)

    def _flush(self) -> None:
        if self._said:
            self._line.sendall(b"".join(self._said))
            self._said = []

    def _gone(self) -> bool:
        try:
            return self._line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


def main() -> None:
    """Serve until killed."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--seconds", type=float, default=0.0)
    wanted.add_argument("--certificate")
    wanted.add_argument("--login")
    asked = wanted.parse_args()
    tls = None
    if asked.certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(asked.certificate)
    user, _, password = (asked.login or "").partition(":")
    sink = Sink(seconds=asked.seconds, tls=tls, login=(user, password) if asked.login else None)
    print(sink.port, flush=True)
    sink.serve()


if __name__ == "__main__":
    main()

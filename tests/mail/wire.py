"""A mail server on a bare socket, for what a well-behaved one never does. Each connection has a script of its own."""

import socket
import threading
from types import TracebackType
from typing import BinaryIO, Self


class Wire:
    """Answers 250 to everything, and to each letter the next words of its script.

    "never greets" and "stalls" say nothing more until the other side leaves; "closes" hangs up;
    "250 too early" is said instead of asking for the letter.
    """

    def __init__(self, *scripts: list[str]) -> None:
        self._scripts = scripts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.join(10)
        self._listener.close()

    @property
    def verbs(self) -> list[str]:
        """The first word of each command so far."""
        return [line.partition(" ")[0].upper() for line in self.lines]

    def wait_until_closed(self) -> None:
        """Return when a connection was closed from here."""
        assert self._closed.wait(10)

    def _serve(self) -> None:
        for script in self._scripts:
            connection, _ = self._listener.accept()
            self.connections += 1
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, lines, list(script))
            self._closed.set()

    def _talk(self, connection: socket.socket, lines: BinaryIO, script: list[str]) -> None:
        if script[0] == "never greets":
            connection.recv(1)
            return
        connection.sendall(b"220 wire\r\n")
        while line := lines.readline():
            word = line.decode("latin-1").strip()
            self.lines.append(word)
            if word.upper() == "STARTTLS":
                connection.sendall(b"454 TLS not available\r\n")
            elif word.upper() == "DATA" and script[0] == "250 too early":
                connection.sendall(b"250 too early\r\n")
            elif word.upper() == "DATA":
                connection.sendall(b"354 go ahead\r\n")
                while lines.readline() not in (b".\r\n", b""):
                    pass
                if script[0] == "stalls":
                    connection.recv(1)
                    return
                connection.sendall(script.pop(0).encode("latin-1") + b"\r\n")
                if script == ["closes"]:
                    return
            elif word.upper() == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(
                    b"250-wire\r\n250 STARTTLS\r\n" if word.upper().startswith("EHLO") else b"250 OK\r\n"
                )

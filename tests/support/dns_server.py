"""A real DNS server on this computer, for one made-up zone. It answers by UDP, and knows what it is told."""

import socket
import threading
from collections.abc import Mapping
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], list[str]]
SILENT, BROKEN = "silent", "broken"
"""In place of records: it does not answer; it answers SERVFAIL."""


class DnsServer:
    """Serves `zone`, a mapping of name and type to records: `{("blog.example", "TXT"): ["v=spf1 -all"]}`.

    A name it knows in no type does not exist. `asked` are the questions, in order.
    """

    def __init__(self, zone: Mapping[tuple[str, str], list[str]] | None = None) -> None:
        self.zone: Zone = dict(zone or {})
        self.faults: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="dns", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(4096)
            if not wire:
                return
            if answer := self._answer(dns.message.from_wire(wire)):
                self._socket.sendto(answer.to_wire(), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        fault = self.faults.get(name) or self.faults.get("")
        if fault == SILENT:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if fault == BROKEN:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.zone.get((name, kind)):
            texts = [quoted(record) if kind == "TXT" else record for record in records]
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        elif not any(known == name for known, _ in self.zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response


def quoted(text: str) -> str:
    """Return a TXT record in strings of at most 255 octets, as DNS wants it."""
    pieces = [text[start : start + 255] for start in range(0, len(text), 255)]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)

"""What is too large, too long, too much or too slow: refused by name, with a page, byte by byte over the wire."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from waitress import wasyncore

from microblog.web.protection.security import LARGEST_FORM, MOST_FIELDS
from microblog.web.server.request_limits import LARGEST_HEAD, LONGEST_ADDRESS, MOST_HEADERS
from microblog.web.server.waitress_server import LARGEST_BODY, Server, listen_on
from support.running import RunningSite, free_port
from support.visitor import Visitor

HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=x\r\n"
Send = Callable[[bytes], tuple[int, str, str]]


@pytest.fixture
def send(page_site: RunningSite) -> Send:
    """Sends bytes, and returns the status, headers and text that came back."""
    return lambda sent: answer_of(page_site.port, sent)


def answer_of(port: int, *sent: bytes, seconds: float = 20) -> tuple[int, str, str]:
    """Send bytes on one connection until it is closed from there; status 0 is no answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        for some in sent:
            line.sendall(some)
        received = b""
        try:
            while more := line.recv(65536):
                received += more
        except ConnectionResetError:
            pass
    head, _, text = received.decode().partition("\r\n\r\n")
    return int(head.split(" ")[1]) if head else 0, head, text


def get(path: bytes = b"/login", *headers: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"".join(headers) + b"Connection: close\r\n\r\n"


def post(kind: bytes, body: bytes, *headers: bytes, path: bytes = b"/login") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return (
        b"POST "
        + path
        + b" HTTP/1.1\r\n"
        + HOST
        + kind
        + length
        + b"".join(headers)
        + b"Connection: close\r\n\r\n"
        + body
    )


def chunked(*chunks: bytes, headers: bytes = b"", version: bytes = b"1.1") -> bytes:
    head = b"POST /login HTTP/" + version + b"\r\n" + HOST + FORM + headers + b"Transfer-Encoding: chunked\r\n"
    return head + b"Connection: close\r\n\r\n" + b"".join(chunks)


WITHOUT_END = [b"4000\r\n" + b"a" * 0x4000 + b"\r\n"] * (LARGEST_BODY // 0x4000 + 12)
FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
TOO_MUCH = {
    "a form": (post(FORM, b"a=" + b"x" * LARGEST_FORM), 413, "That is too large"),
    "a body of many megabytes": (
        post(FORM, b"")[:-4].replace(b"h: 0", b"h: %d" % LARGEST_BODY) + b"\r\n\r\n",
        413,
        "That is too large",
    ),
    "ten thousand fields": (post(FORM, b"a=b&" * 10_000), 413, "That is too large"),
    "one field too many": (post(FORM, b"&".join([b"a=b"] * (MOST_FIELDS + 1))), 413, "That is too large"),
    "a multipart bomb of parts": (post(MULTIPART, FIELD * 1000 + b"--x--\r\n"), 413, "That is too large"),
    "a multipart bomb of one part": (
        post(MULTIPART, FIELD.replace(b"b\r\n", b"b" * LARGEST_FORM)),
        413,
        "That is too large",
    ),
    "a multipart bomb of headers": (post(MULTIPART, b"--x\r\n" + b"a: b\r\n" * 9000), 400, "Sign in"),
    "a path": (get(b"/" + b"a" * LONGEST_ADDRESS), 414, "That address is too long"),
    "a query": (get(b"/login?next=/" + b"a" * LONGEST_ADDRESS), 414, "That address is too long"),
    "headers": (get(b"/login", b"X-A: " + b"a" * LARGEST_HEAD + b"\r\n"), 431, "Your browser sent too much"),
    "a huge cookie": (
        get(b"/login", b"Cookie: microblog=" + b"a" * LARGEST_HEAD + b"\r\n"),
        431,
        "Your browser sent too much",
    ),
    "many headers": (get(b"/login", b"X-A: b\r\n" * MOST_HEADERS), 431, "Your browser sent too much"),
    "headers without end": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 9000, 431, "Your browser sent too much"),
    "a chunk's line without end": (chunked(b"5;a=" + b"b" * 30_000), 400, "We did not understand that"),
    "what follows the last chunk": (chunked(b"0\r\n", b"A: b\r\n" * 5000), 400, "We did not understand that"),
    "chunks without end": (
        chunked(*WITHOUT_END),
        413,
        "That is too large",
    ),
}
STRANGE = {
    "a length said twice, differently": (post(FORM, b"a=b", b"Content-Length: 5\r\n"), 400),
    "a length and chunks": (chunked(b"0\r\n\r\n", headers=b"Content-Length: 5\r\n"), 400),
    "chunks in an older version": (chunked(b"0\r\n\r\n", version=b"1.0"), 400),
    "a length that is none": (get(b"/login", b"Content-Length: +5\r\n"), 400),
    "a negative length": (get(b"/login", b"Content-Length: -5\r\n"), 400),
    "an encoding nobody knows": (chunked(b"").replace(b"chunked", b"gzip, chunked"), 501),
    "a hidden encoding": (chunked(b"").replace(b"chunked", b"\x0bchunked"), 400),
    "a chunk that is none": (chunked(b"xyz\r\n"), 400),
    "a negative chunk": (chunked(b"-5\r\n"), 400),
    "a chunk longer than said": (chunked(b"1\r\nabc\r\n0\r\n\r\n"), 400),
    "two hosts": (get(b"/login", b"Host: evil.example\r\n"), 400),
    "no host": (b"GET /login HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "a folded first header": (b"GET /login HTTP/1.1\r\n folded: x\r\n\r\n", 400),
    "a bare line feed": (b"GET /login HTTP/1.1\nHost: localhost\r\n\r\n", 400),
    "a small method": (get().replace(b"GET", b"get"), 400),
    "no request at all": (b"\x16\x03\x01\x02\x00\x01\xfc\x03\r\n\r\n", 400),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_is_too_much_is_refused_by_name(send: Send, what: str) -> None:
    sent, status, title = TOO_MUCH[what]
    answered, _, text = send(sent)
    assert (answered, f"<h1>{title}</h1>" in text) == (status, True)


@pytest.mark.parametrize("what", STRANGE)
def test_what_can_be_read_in_two_ways_is_read_in_none(send: Send, what: str) -> None:
    sent, status = STRANGE[what]
    answered, head, text = send(sent)
    assert answered == status
    assert "<h1>We did not understand that</h1>" in text, "and not the page of a form that lacks its token"
    assert head.count("HTTP/1.") == 1, "nothing behind it was taken for another request"
    assert "Connection: close" in head


def test_what_is_just_within_bounds_is_answered(send: Send) -> None:
    few = [post(FORM, b"&".join([b"a=b"] * MOST_FIELDS)), post(FORM, b"a=" + b"x" * (LARGEST_FORM - 2))]
    assert [send(sent)[0] for sent in few] == [400, 400], "for want of a token, in the form's own page"
    long = get(b"/login?a=" + b"a" * (LONGEST_ADDRESS - 9))
    assert send(long)[0] == 200
    assert send(get(b"/login", b"X-A: b\r\n" * (MOST_HEADERS - 10)))[0] == 200
    assert send(chunked(b"3\r\na=b\r\n", b"0\r\n\r\n"))[0] == 400


def test_even_what_never_reaches_the_site_is_refused_with_all_headers(send: Send) -> None:
    for sent in (TOO_MUCH["headers"][0], TOO_MUCH["a path"][0], STRANGE["a negative chunk"][0]):
        head = send(sent)[1]
        for name in ("Content-Security-Policy", "X-Content-Type-Options: nosniff", "Referrer-Policy", "no-store"):
            assert name.lower() in head.lower()
        assert "waitress" not in head.lower()


def test_a_request_that_waits_for_a_word_before_its_body_is_refused_at_once(send: Send) -> None:
    head = (
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % LARGEST_BODY
    )
    assert send(head)[0] == 413


@pytest.fixture
def impatient(page_site: RunningSite) -> Iterator[int]:
    """The port of another server of the same site, that waits a second."""
    port = free_port()
    server = Server(page_site.app, listen_on("127.0.0.1", port), patience=1)
    thread = threading.Thread(target=server._server.run, daemon=True)
    thread.start()
    yield port
    server._server.task_dispatcher.shutdown()
    wasyncore.close_all(server._server.connections)
    thread.join(10)


@pytest.mark.parametrize(
    "start", [b"GET /login HTTP/1.1\r\nX: ", post(FORM, b"x" * 1000)[:-1000]], ids=["head", "body"]
)
def test_a_request_that_comes_a_byte_at_a_time_is_given_up(impatient: int, start: bytes) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=0.2) as line:
        line.sendall(start)
        began = time.monotonic()
        while time.monotonic() - began < 15:
            try:
                line.sendall(b"a")
                if line.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                break
        assert time.monotonic() - began < 10
    assert Visitor(f"http://localhost:{impatient}").get("/login").status == 200

"""One client, or many, that hold connections and finish nothing: the site stays open for everybody else."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from waitress import wasyncore

from journeys.trial import Trial, wait_for
from microblog.web.server.connection_limits import BoundedChannel
from microblog.web.server.waitress_server import Server, listen_on
from support.running import RunningSite, free_port
from support.visitor import Visitor

MOST, PER_CLIENT = 30, 10
STEADY = 20  # looks in a row at which nothing had changed
SILENT = b""
HALF_A_HEAD = b"GET /login HTTP/1.1\r\nX: "
HALF_A_BODY = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n%s\r\na"
WHOLE = b"GET /login HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
Hold = Callable[..., list[socket.socket]]


class Crowded:
    """A server with room for few, and whoever holds its connections."""

    def __init__(self, site: RunningSite, host: str = "127.0.0.1", patience: int = 30) -> None:
        self.port = free_port()
        self.server = Server(site.app, listen_on(host, self.port), patience, MOST, PER_CLIENT)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._held: list[socket.socket] = []

    def hold(self, count: int, sent: bytes = SILENT) -> list[socket.socket]:
        """Connect so often, and send something that is no whole request."""
        held = []
        for _ in range(count):
            line = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            line.sendall(sent)
            held.append(line)
        self._held += held
        return held

    def kept(self, those: list[socket.socket]) -> list[bool]:
        """Tell which connections are open, once the server has closed those that were too many."""
        assert self.answers()
        return [is_open(line) for line in those]

    def answers(self) -> bool:
        """Tell whether a newcomer is answered."""
        return Visitor(f"http://localhost:{self.port}", {"X-Forwarded-For": "203.0.113.99"}).get("/login").status == 200

    def channels(self) -> list[BoundedChannel]:
        """Return the connections as the server has them."""
        return self.server._server._channels()

    def stop(self) -> None:
        """Let go of everything."""
        for line in self._held:
            line.close()
        self.server._server.task_dispatcher.shutdown()
        wasyncore.close_all(self.server._server.connections)
        self._thread.join(10)

    def _serve(self) -> None:
        try:
            self.server.run()
        except (OSError, ValueError):
            return  # its sockets were closed under it


def is_open(line: socket.socket) -> bool:
    """Tell whether the other side has not closed a connection."""
    line.settimeout(0.05)
    try:
        return line.recv(65536) != b""
    except TimeoutError:
        return True
    except ConnectionResetError:
        return False


def forwarded(template: bytes, client: str) -> bytes:
    """Return a request as a proxy passes it on for a client."""
    return template % f"X-Forwarded-For: {client}\r\n".encode()


@pytest.fixture
def crowded(page_site: RunningSite) -> Iterator[Crowded]:
    """A server whose clients connect to it themselves."""
    made = Crowded(page_site)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def proxied_site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site behind a proxy that names the clients."""
    folder = tmp_path_factory.mktemp("proxied")
    (folder / "microblog.db").write_bytes(sqlite_template.read_bytes())
    site = RunningSite(folder, f"sqlite:///{folder / 'microblog.db'}", {"TRUSTED_PROXIES": "1"}).start(deliver=False)
    yield site
    site.stop()


@pytest.fixture
def behind_a_proxy(proxied_site: RunningSite) -> Iterator[Crowded]:
    """A server whose every client comes by the proxy."""
    made = Crowded(proxied_site)
    yield made
    made.stop()


@pytest.mark.parametrize(
    "sent", [SILENT, HALF_A_HEAD, HALF_A_BODY % b""], ids=["nothing", "half a head", "half a body"]
)
def test_one_client_holds_a_few_connections_and_the_oldest_are_closed(crowded: Crowded, sent: bytes) -> None:
    held = crowded.hold(MOST + 20, sent)
    assert crowded.kept(held) == [False] * (MOST + 11) + [True] * (PER_CLIENT - 1), "the newcomer was one of them"


def test_an_answered_client_who_stays_holds_a_connection_too(crowded: Crowded) -> None:
    held = []
    for _ in range(PER_CLIENT + 5):
        held += crowded.hold(1, WHOLE % b"")
        assert held[-1].recv(65536).startswith(b"HTTP/1.1 200")
        read_all(held[-1])
    assert sum(crowded.kept(held)) == PER_CLIENT - 1


def read_all(line: socket.socket) -> None:
    """Read on until nothing comes; fail where it was closed."""
    line.settimeout(0.2)
    try:
        while True:
            assert line.recv(65536) != b""
    except TimeoutError:
        return


def test_whole_requests_are_answered_however_many_one_client_sends_at_once(crowded: Crowded) -> None:
    def ask(number: int) -> int:
        return Visitor(f"http://localhost:{crowded.port}").get(f"/login?n={number}").status

    with ThreadPoolExecutor(2 * PER_CLIENT) as pool:
        assert set(pool.map(ask, range(4 * PER_CLIENT))) == {200}


def test_a_request_among_the_newest_can_be_finished(crowded: Crowded) -> None:
    *_, newest = crowded.hold(MOST + 20, HALF_A_HEAD)
    newest.sendall(b"y\r\nHost: localhost\r\n\r\n")
    assert newest.recv(65536).startswith(b"HTTP/1.1 200")


def test_behind_a_proxy_the_client_it_names_is_bounded_and_no_other(behind_a_proxy: Crowded) -> None:
    bob = behind_a_proxy.hold(3, forwarded(HALF_A_BODY, "198.51.100.2"))
    alice = behind_a_proxy.hold(PER_CLIENT + 5, forwarded(HALF_A_BODY, "198.51.100.1:5123"))
    assert behind_a_proxy.kept(bob) == [True] * 3
    assert behind_a_proxy.kept(alice) == [False] * 5 + [True] * PER_CLIENT


def test_what_a_client_wrote_into_the_header_itself_makes_it_no_other(behind_a_proxy: Crowded) -> None:
    held = [
        behind_a_proxy.hold(1, forwarded(HALF_A_BODY, f"203.0.113.{number}, 198.51.100.1"))[0]
        for number in range(PER_CLIENT + 5)
    ]
    assert sum(behind_a_proxy.kept(held)) == PER_CLIENT


def test_connections_a_proxy_keeps_for_later_are_nobodys_but_bounded_with_all(behind_a_proxy: Crowded) -> None:
    kept = behind_a_proxy.hold(2 * PER_CLIENT)
    assert behind_a_proxy.kept(kept) == [True] * 2 * PER_CLIENT
    more = behind_a_proxy.hold(MOST)
    assert sum(behind_a_proxy.kept(kept + more)) == MOST - 1, "the newcomer was one of them"


def test_of_many_clients_the_one_that_holds_most_makes_room(behind_a_proxy: Crowded) -> None:
    few = [behind_a_proxy.hold(1, forwarded(HALF_A_BODY, f"198.51.100.{number}"))[0] for number in range(MOST - 5)]
    most = behind_a_proxy.hold(PER_CLIENT, forwarded(HALF_A_BODY, "203.0.113.7"))
    assert all(behind_a_proxy.kept(few))
    assert behind_a_proxy.kept(most) == [False] * 6 + [True] * 4


@pytest.mark.parametrize("crowd", [1, MOST], ids=["in time", "to make room"])
def test_whoever_never_reads_the_answers_is_closed(page_site: RunningSite, crowd: int) -> None:
    """The line is full then, and nothing can be written any more that would tell the server so."""
    with ExitStack() as stack:
        server = Crowded(page_site, patience=5 if crowd == 1 else 30)
        stack.callback(server.stop)
        deaf = stack.enter_context(socket.socket())
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(("127.0.0.1", server.port))
        deaf.setblocking(False)
        seen: list[int] = []

        def is_full() -> bool:
            with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                deaf.send(WHOLE % b"" * 50)
            seen.extend(0 if one.requests else one.total_outbufs_len for one in server.channels())
            return len(seen) > STEADY and seen[-1] > 0 and len(set(seen[-STEADY:])) == 1

        wait_for(is_full)
        server.hold(crowd - 1)
        wait_for(lambda: deaf.getsockname()[1] not in [one.addr[1] for one in server.channels()])
        assert server.answers()


def test_a_name_with_several_addresses_has_the_same_bounds_at_each(page_site: RunningSite) -> None:
    server = Crowded(page_site, host="localhost")
    try:
        held = server.hold(MOST + 20)
        assert sum(server.kept(held)) == PER_CLIENT - 1
        assert Visitor(f"http://localhost:{server.port}").get("/login?a=" + "a" * 9000).status == 414
    finally:
        server.stop()


def test_few_open_files_are_room_for_fewer_connections_and_not_the_end(tmp_path: Path) -> None:
    """In a process of its own, for the limit cannot be raised again.

    One web process: of several on a busy machine, one may close a newcomer in such a burst, who gets in the next time.
    """
    with ExitStack() as stack, Trial(tmp_path, TRUSTED_PROXIES="1", WEB_PROCESSES="1") as trial:
        trial.start("run", files=512)
        for number in range(600):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", trial.port), timeout=10))
            line.sendall(forwarded(HALF_A_BODY, f"198.51.100.{number}"))
        assert trial.visitor().get("/login").status == 200
        assert "Too many open files" not in trial.output

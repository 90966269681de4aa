"""/metrics: the mail room's figures for Prometheus, and for nobody else."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read

from mail.rows import put
from microblog import __version__
from microblog.db import Database
from microblog.mail import State
from microblog.mail.outbox import WorkerSeen
from microblog.ops import count_ended
from microblog.settings import load
from microblog.web import create_app
from microblog.web.site import NAME, Site
from support.away import away
from support.clock import NOON, HeldClock
from support.running import RunningSite
from support.visitor import Answer

TOKEN = "a long word that only the monitor knows"
REAL = {
    "PUBLIC_URL": "https://blog.example",
    "MAIL_SERVER": "127.0.0.1",
    "SECRET_KEY": "oKzV0uPp3J4wQn8xY7TfA2sLr6dEhBgC9mW1",
}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
IN_UTF_8 = "ein Wört für Späher".encode().decode("latin-1")  # as WSGI hands over what arrives
HERE, ELSEWHERE = "127.0.0.1", "203.0.113.9"
Sites = Callable[[dict[str, str]], Flask]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A trial whose worker rests."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def figures_of(answer: Answer) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and its labels' values."""
    assert answer.status == 200
    samples = itertools.chain(*(family.samples for family in read(answer.text)))
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def figures(site: RunningSite) -> dict[tuple[str, ...], float]:
    return figures_of(site.visitor().get("/metrics"))


def ended(site: RunningSite, *seconds: float, **more: Any) -> None:
    for took in seconds:
        put(site.database, NOON, ended_at=NOON + timedelta(seconds=took), **({"state": State.SENT} | more))


def test_an_empty_mail_room_has_figures_too(site: RunningSite) -> None:
    assert figures(site) == {
        ("microblog_open_letters", "waiting"): 0,
        ("microblog_open_letters", "held"): 0,
        ("microblog_open_letters", "sending"): 0,
        ("microblog_oldest_waiting_seconds",): 0,
        ("microblog_workers",): 0,
        ("microblog_workers_in_trouble",): 0,
        ("microblog_build_info", __version__): 1,
    }


@pytest.mark.parametrize("gathered", [False, True])
def test_letters_are_counted_by_kind_outcome_and_reason(site: RunningSite, gathered: bool) -> None:
    ended(site, 1, 2, 3, kind="reset_password")
    ended(site, 1, kind="reset_password", state=State.DROPPED, reason="no_such_account")
    ended(site, 1, 1, state=State.FAILED, reason="refused")
    assert sum(count_ended(site.database)) == 6 if gathered else True
    shown = figures(site)
    assert {name: value for name, value in shown.items() if name[0] == "microblog_letters_total"} == {
        ("microblog_letters_total", "reset_password", "sent", ""): 3,
        ("microblog_letters_total", "reset_password", "dropped", "no_such_account"): 1,
        ("microblog_letters_total", "note", "failed", "refused"): 2,
    }


def test_the_time_to_send_is_a_histogram_of_what_was_sent(site: RunningSite) -> None:
    ended(site, 0.25, 0.5, 7, 100_000, kind="reset_password")
    ended(site, 1)
    ended(site, 1, reason="at last")
    ended(site, 40, kind="reset_password", state=State.FAILED)
    shown = figures(site)
    buckets = {name[2]: value for name, value in shown.items() if name[:2] == (BUCKET, "reset_password")}
    assert buckets == {
        **dict.fromkeys(("0.5", "1.0", "2.5", "5.0"), 2),
        **dict.fromkeys(("10.0", "30.0", "60.0", "300.0", "1800.0", "7200.0", "21600.0", "86400.0"), 3),
        "+Inf": 4,
    }
    assert shown["microblog_letter_seconds_count", "reset_password"] == 4
    assert shown["microblog_letter_seconds_sum", "reset_password"] == pytest.approx(100_007.75)
    assert shown["microblog_letter_seconds_count", "note"] == 2


BUCKET = "microblog_letter_seconds_bucket"


def test_what_is_on_its_way_is_shown_with_the_age_of_the_oldest(site: RunningSite) -> None:
    put(site.database, NOON, NOON + timedelta(hours=3), queued_at=NOON - timedelta(seconds=90))
    put(site.database, NOON, state=State.SENDING)
    shown = figures(site)
    assert (shown["microblog_open_letters", "waiting"], shown["microblog_open_letters", "sending"]) == (2, 1)
    assert shown[("microblog_oldest_waiting_seconds",)] == 90


def test_a_letter_posted_by_a_clock_that_is_ahead_has_no_age(site: RunningSite) -> None:
    put(site.database, NOON, queued_at=NOON + timedelta(minutes=1))
    assert figures(site)[("microblog_oldest_waiting_seconds",)] == 0


def test_workers_that_live_are_counted_and_those_whose_mail_server_is_away(site: RunningSite) -> None:
    with site.database.writing() as session:
        for number, (silent, trouble) in enumerate([(1, None), (2, "421 busy at 10.0.0.5"), (3, None), (70, "421")]):
            at = NOON - timedelta(seconds=silent)
            row = WorkerSeen(id=f"{number}", name="here", version="1", started_at=at, seen_at=at, trouble=trouble)
            session.add(row)
    shown = figures(site)
    assert (shown[("microblog_workers",)], shown[("microblog_workers_in_trouble",)]) == (3, 1)


def test_no_figure_names_anybody(site: RunningSite) -> None:
    ended(site, 1, reply="250 alice@example.com has it")
    ended(site, 1, state=State.FAILED, reason="refused", reply="550 alice@example.com is not here")
    site.visitor().submit("/reset_password_request", email="bob@example.com")
    shown = site.visitor().get("/metrics").text
    assert "microblog_letters_total" in shown
    assert not any(word in shown for word in ("@", "alice", "bob", "250", "550"))


def test_words_in_labels_are_escaped(site: RunningSite) -> None:
    odd = 'a "quoted"\nline \\ and {brace="s"} 1'
    ended(site, 1, kind=odd, reason=odd)
    answer = site.visitor().get("/metrics")
    assert r'kind="a \"quoted\"\nline \\ and {brace=\"s\"} 1"' in answer.text
    assert figures_of(answer)["microblog_letters_total", odd, "sent", odd] == 1


def test_prometheus_is_answered_in_the_format_it_asks_for(site: RunningSite) -> None:
    ended(site, 1)
    plain = site.visitor().get("/metrics")
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4; charset=utf-8")
    assert plain.headers["Cache-Control"] == "no-store"
    wanted = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    openmetrics = site.visitor(Accept=wanted).get("/metrics")
    assert openmetrics.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert openmetrics.text.endswith("# EOF\n")
    families = read_openmetrics(openmetrics.text)  # type: ignore[no-untyped-call] # the library's own reader
    names = {sample.name for family in families for sample in family.samples}
    assert names == {name for name, *_ in figures_of(plain)}


def test_while_the_database_is_away_there_are_no_figures(site: RunningSite) -> None:
    with away(site):
        assert site.visitor().get("/metrics").status == 503
    assert figures(site)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Sites]:
    """Sites by their settings, asked inside this process, from wherever a test says."""
    database, data = Database(f"sqlite:///{sqlite_template}"), tmp_path_factory.mktemp("data")

    @cache
    def site_with(environ: tuple[tuple[str, str], ...]) -> Flask:
        return create_app(load({"MICROBLOG_DATA": str(data), **dict(environ)}), database, HeldClock())

    yield lambda environ: site_with(tuple(environ.items()))
    database.close()


Headers = dict[str, str]
Asked = tuple[int, bytes, dict[str, str]]


def ask(site: Flask, path: str, method: str, headers: Headers, peer: str = HERE) -> Asked:
    host = this_site_of(site).settings.public_url.host
    everything = {"Host": host, **headers}
    where = {"REMOTE_ADDR": peer, "PATH_INFO": path}
    answer = site.test_client().open(method=method, headers=everything, environ_overrides=where)
    return answer.status_code, answer.data, dict(answer.headers)


def this_site_of(app: Flask) -> Site:
    found: Site = app.extensions[NAME]
    return found


def is_not_there(site: Flask, path: str, method: str, headers: Headers | None = None, peer: str = HERE) -> bool:
    """Tell whether the answer is the one to an address that was never there; it names the address, as typed."""
    status, body, answered = ask(site, path, method, headers or {}, peer)
    unknown = ask(site, path.replace("metrics", "nothing"), method, headers or {}, peer)
    return (status, body.replace(b"metrics", b"nothing"), answered) == unknown


TRIAL: dict[str, str] = {}
WITH_TOKEN = {"METRICS_TOKEN": TOKEN}
BEHIND_PROXY = {"TRUSTED_PROXIES": "1"}
MAY_SEE: list[tuple[dict[str, str], str, dict[str, str]]] = [
    (TRIAL, HERE, {}),
    (TRIAL, "127.8.8.8", {}),
    (TRIAL, "::1", {}),
    (TRIAL | BEHIND_PROXY, HERE, {}),
    (TRIAL | WITH_TOKEN, HERE, {}),
    (TRIAL | WITH_TOKEN, HERE, {"Authorization": "Bearer another"}),
    (TRIAL | WITH_TOKEN, ELSEWHERE, BEARER),
    (REAL | WITH_TOKEN, HERE, BEARER),
    (REAL | WITH_TOKEN, ELSEWHERE, BEARER),
    (REAL | WITH_TOKEN, HERE, {**BEARER, "X-Forwarded-For": ELSEWHERE}),
    (REAL | WITH_TOKEN | BEHIND_PROXY, HERE, {**BEARER, "X-Forwarded-For": ELSEWHERE}),
    (REAL | WITH_TOKEN, HERE, {"Authorization": f"bearer   {TOKEN}"}),
    (REAL | {"METRICS_TOKEN": "ein Wört für Späher"}, HERE, {"Authorization": f"Bearer {IN_UTF_8}"}),
]
STRANGERS: list[tuple[dict[str, str], str, dict[str, str]]] = [
    (TRIAL, ELSEWHERE, {}),
    (TRIAL, "", {}),
    (TRIAL, HERE, {"X-Forwarded-For": ELSEWHERE}),
    (TRIAL, HERE, {"X-Forwarded-For": HERE}),
    (TRIAL, HERE, {"Forwarded": "for=203.0.113.9"}),
    (TRIAL, HERE, {"X-Real-IP": ELSEWHERE}),
    (TRIAL, HERE, {"Via": "1.1 proxy"}),
    (TRIAL, HERE, {"X-Forwarded-Host": "blog.example"}),
    (TRIAL | BEHIND_PROXY, HERE, {"X-Forwarded-For": ELSEWHERE}),
    (TRIAL | BEHIND_PROXY, ELSEWHERE, {"X-Forwarded-For": HERE}),
    (TRIAL | BEHIND_PROXY, HERE, {"X-Forwarded-For": f"{ELSEWHERE}, {HERE}"}),
    (TRIAL, ELSEWHERE, {"Authorization": "Bearer "}),
    (TRIAL, ELSEWHERE, {"Authorization": "Bearer"}),
    (TRIAL | WITH_TOKEN, ELSEWHERE, {}),
    (REAL, HERE, {}),  # through a proxy on the same machine that says nothing of for whom it asks
    (REAL, HERE, {"Authorization": "Bearer "}),
    (REAL | BEHIND_PROXY, HERE, {}),
    (REAL | BEHIND_PROXY, HERE, {"X-Forwarded-For": HERE}),
    (REAL | WITH_TOKEN, HERE, {}),
    (REAL | WITH_TOKEN, HERE, {"Authorization": "Bearer "}),
    (REAL | WITH_TOKEN, HERE, {"Authorization": f"Bearer {TOKEN}x"}),
    (REAL | WITH_TOKEN, HERE, {"Authorization": f"Bearer {TOKEN[:-1]}"}),
    (REAL | WITH_TOKEN, HERE, {"Authorization": f"Basic {TOKEN}"}),
    (REAL | WITH_TOKEN, HERE, {"Authorization": TOKEN}),
]


@pytest.mark.parametrize(("environ", "peer", "headers"), MAY_SEE)
def test_the_token_opens_it_and_in_a_trial_this_computer_does(
    sites: Sites, environ: dict[str, str], peer: str, headers: dict[str, str]
) -> None:
    status, body, _ = ask(sites(environ), "/metrics", "GET", headers, peer)
    assert (status, b"microblog_workers" in body) == (200, True)


@pytest.mark.parametrize(("environ", "peer", "headers"), STRANGERS)
def test_for_everybody_else_there_is_no_such_page(
    sites: Sites, environ: dict[str, str], peer: str, headers: dict[str, str]
) -> None:
    site = sites(environ)
    assert ask(site, "/metrics", "GET", headers, peer)[0] == 404
    assert is_not_there(site, "/metrics", "GET", headers, peer)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "//metrics"])
def test_nor_is_there_by_any_method_or_under_any_spelling(sites: Sites, method: str, path: str) -> None:
    assert is_not_there(sites(REAL | WITH_TOKEN), path, method)


@pytest.mark.parametrize("headers", [{}, BEARER])
def test_a_foreign_host_is_refused_as_everywhere(sites: Sites, headers: dict[str, str]) -> None:
    site, foreign = sites(REAL | WITH_TOKEN), {"Host": "127.0.0.1:5000", **headers}
    assert ask(site, "/metrics", "GET", foreign)[0] == 400
    assert is_not_there(site, "/metrics", "GET", foreign)


def test_whoever_may_see_it_may_only_look(sites: Sites) -> None:
    site = sites(REAL | WITH_TOKEN)
    assert ask(site, "/metrics", "HEAD", BEARER)[:2] == (200, b"")
    assert ask(site, "/metrics", "DELETE", BEARER)[0] == 405

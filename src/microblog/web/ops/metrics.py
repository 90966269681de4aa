"""/metrics: figures of the outbox and the workers, for Prometheus."""

import hmac
from collections.abc import Iterable, Iterator

from flask import Blueprint, Flask, Response, abort, request
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from microblog import __version__
from microblog.mail import State
from microblog.mail.counts import BOUNDS, Count
from microblog.ops import Figures, figures
from microblog.settings import Settings
from microblog.settings.readers import is_loopback
from microblog.web.site import this_site

blueprint = Blueprint("metrics", __name__)

FORWARDED = ("forwarded", "via", "x-real-ip")
"""What proxies add, besides X-Forwarded-For and its like."""


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Hide the page before anything else about a request is judged, as /admin is."""
    app.before_request(hide_from_strangers)


def hide_from_strangers() -> None:
    """Answer as if there were no such page, unless whoever asks may see it."""
    if request.path == "/metrics" and not may_see(this_site().settings):
        abort(404)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Show the figures."""
    site = this_site()
    registry = CollectorRegistry()
    registry.register(Exposition(figures(site.database, site.clock)))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type)


def may_see(settings: Settings) -> bool:
    """Return True if the request carries the token, or comes from this computer in demo mode.

    In a real site everybody's request may come from this computer, through a proxy that need not say so.
    """
    return has_token(settings.metrics_token) or (settings.trial and is_from_here())


def has_token(token: str) -> bool:
    """Tell whether the request carries the token (RFC 6750 section 2.1), at the same speed whatever it carries."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("latin-1"), token.encode())  # WSGI's headers are Latin-1
    return bool(token) and scheme.lower() == "bearer" and same


def is_from_here() -> bool:
    """Tell whether the request comes from this computer, and not on behalf of another."""
    names = {name.lower() for name in request.headers.keys()}  # noqa: SIM118 - iterating gives pairs
    forwarded = any(name in FORWARDED or name.startswith("x-forwarded-") for name in names)
    return not forwarded and is_loopback(request.remote_addr or "")


class Exposition(Collector):
    """The figures as Prometheus metrics."""

    def __init__(self, shown: Figures) -> None:
        self._shown = shown

    def collect(self) -> Iterator[Metric]:
        """Return each metric with its samples."""
        shown = self._shown
        yield self._ended_emails()
        yield self._delivery_seconds()
        waiting = GaugeMetricFamily("microblog_open_letters", "Letters on their way, by state.", labels=("state",))
        for state in (State.WAITING, State.HELD, State.SENDING):
            waiting.add_metric([state], shown.open.get(state, 0))
        yield waiting
        age = "For how long the oldest letter on its way has been."
        yield GaugeMetricFamily("microblog_oldest_waiting_seconds", age, shown.oldest_seconds)
        yield GaugeMetricFamily("microblog_workers", "Workers that live.", shown.workers)
        trouble = "Workers that live and whose mail server cannot be used."
        yield GaugeMetricFamily("microblog_workers_in_trouble", trouble, shown.workers_in_trouble)
        yield InfoMetricFamily("microblog_build", "The version that answers.", {"version": __version__})

    def _ended_emails(self) -> Metric:
        words, labels = "Letters that ended, by kind, outcome and reason.", ("kind", "outcome", "reason")
        family = CounterMetricFamily("microblog_letters", words, labels=labels)
        for count in self._shown.ended:
            family.add_metric(count.key, count.emails)
        return family

    def _delivery_seconds(self) -> Metric:
        words = "Seconds from posting a letter to the mail server's word that it has it, by kind."
        family = HistogramMetricFamily("microblog_letter_seconds", words, labels=("kind",))
        for kind, sent in sent_by_kind(self._shown.ended).items():
            bounds = [str(bound) for bound in BOUNDS]
            buckets = [*zip(bounds, sent.buckets, strict=True), ("+Inf", sent.emails)]
            family.add_metric([kind], buckets, sent.seconds)
        return family


def sent_by_kind(counts: Iterable[Count]) -> dict[str, Count]:
    """Add up the sent emails of each kind."""
    found = dict[str, Count]()
    for count in counts:
        if count.state == State.SENT:
            found[count.kind] = found[count.kind] + count if count.kind in found else count
    return found

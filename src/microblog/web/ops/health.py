"""Health check endpoints."""

from flask import Blueprint, Response, jsonify

from microblog.ops import Health, health_of
from microblog.web.site import this_site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Answer 200 while the site can serve, which it can without delivery; 503 and why while the database is away."""
    health = health_now()
    told: dict[str, object] = {"database": health.database, "worker": health.worker}
    if health.held_emails:
        told["held_emails"] = health.held_emails
    if health.database != "ok":
        told["reason"] = health.reason
    return jsonify(told), 200 if health.database == "ok" else 503


@blueprint.get("/healthz/worker")
def worker() -> tuple[Response, int]:
    """Answer 503 while no email is delivered, for a monitor that should ring then, and say why."""
    health = health_now()
    why = {"reason": health.reason} if health.reason else {}
    return jsonify(worker=health.worker, **why), 200 if health.worker == "ok" else 503


def health_now() -> Health:
    """Ask how the site is."""
    site = this_site()
    return health_of(site.database, site.clock, site.settings.mail.down_after)

"""The pages that machines ask whether the site is well."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from microblog.ops import health_of
from microblog.web.site import this_site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Answer 200 while the site can serve, which it can without delivery; 503 and why while the database is away."""
    health = health_of(this_site().database, this_site().clock)
    known = {name: value for name, value in asdict(health).items() if value}
    return jsonify(known), 200 if health.database == "ok" else 503


@blueprint.get("/healthz/worker")
def worker() -> tuple[Response, int]:
    """Answer 503 while nobody delivers, for a monitor that should ring then."""
    health = health_of(this_site().database, this_site().clock)
    return jsonify(worker=health.worker), 200 if health.worker == "ok" else 503

"""/admin/events: the audit log, for administrators. Read-only, and without secrets."""

from flask import Blueprint, render_template, request

from microblog.audit import audit_log, hash_identifier
from microblog.mail import canonical_identifier, clean_identifier
from microblog.mail.admin import number_in
from microblog.web.site import this_site

blueprint = Blueprint("admin_events", __name__, url_prefix="/admin")

PAGE = 50
LONGEST = 340  # characters of an address's key


@blueprint.get("/events")
def events() -> str:
    """List events, newest first, from a position on: all, or those of one member."""
    site = this_site()
    before, search = number_in(request.args.get("before", "")), clean_identifier(request.args.get("search", ""))
    key = canonical_identifier(search) if len(search) <= LONGEST and search.isprintable() else ""
    hidden = hash_identifier(site.settings.keys("events")[0], key)
    with site.database.reading() as db:
        page = audit_log.read_site_events(db, size=PAGE, before=before, identifier_key=key, about=hidden)
    return render_template("admin/events.html", page=page, search=search, first=before is None)

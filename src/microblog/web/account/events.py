"""/account/events: the security history of the account."""

from flask import render_template, request

from microblog.audit import audit_log
from microblog.mail.admin import number_in
from microblog.web.account.area import area
from microblog.web.current_member import current_member
from microblog.web.site import this_site

blueprint = area("events")

PAGE = 30


@blueprint.get("/events")
def page() -> str:
    """List the events, newest first, from a position on."""
    before = number_in(request.args.get("before", ""))
    with this_site().database.reading() as db:
        found = audit_log.read_account_events(db, current_member().account_id, size=PAGE, before=before)
    return render_template("account/events.html", page=found, first=before is None)

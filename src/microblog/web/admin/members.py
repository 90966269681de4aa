"""/admin/members: an account's data, and the actions an administrator may take."""

from flask import Blueprint, Response, abort, render_template, request, url_for

from microblog.ops.members import find_member, member_overview
from microblog.web.admin.member_actions import ACTIONS, possible_actions
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

blueprint = Blueprint("admin_members", __name__, url_prefix="/admin")

MOST_SESSIONS = 100


@blueprint.get("/members")
def search() -> Response:
    """Find an account by a username or an address, and lead to its page."""
    wanted = request.args.get("search", "").strip()
    account = find_member(context(), wanted)
    if account is not None:
        return see_other(url_for(".member", username=account.username))
    return Response(render_template("admin/members.html", search=wanted))


@blueprint.get("/members/<username>")
def member(username: str) -> str:
    """Show an account, and what can be done."""
    overview = member_overview(context(), username, MOST_SESSIONS + 1) or abort(404)
    possible = possible_actions(overview.account, overview.backup, overview.codes, overview.sessions)
    many = f"more than {MOST_SESSIONS}" if overview.sessions > MOST_SESSIONS else str(overview.sessions)
    return render_template(
        "admin/member.html", overview=overview, many=many, actions={name: ACTIONS[name] for name in possible}
    )

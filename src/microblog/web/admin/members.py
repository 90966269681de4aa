"""/admin/members: an account's data, and the actions an administrator may take."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from sqlalchemy.orm import Session

from microblog.auth import list_sessions, recovered_lately
from microblog.context import Context
from microblog.identity import Account, find_any, former_usernames, known_by
from microblog.mail import canonical_identifier
from microblog.recovery import count_codes
from microblog.web.admin.member_actions import ACTIONS, possible_actions
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context

blueprint = Blueprint("admin_members", __name__, url_prefix="/admin")

LONGEST = 340  # characters of an address's key
MOST_SESSIONS = 100


@blueprint.get("/members")
def search() -> Response:
    """Find an account by a username or an address, and lead to its page."""
    wanted = request.args.get("search", "").strip()
    with this_site().database.reading() as db:
        account = account_by(db, wanted)
    if account is not None:
        return see_other(url_for(".member", username=account.username))
    return Response(render_template("admin/members.html", search=wanted))


def account_by(db: Session, typed: str) -> Account | None:
    """Return the account that has a username or an address, or had the username; None where nobody could have it."""
    key = canonical_identifier(typed) if len(typed) <= LONGEST and typed.isprintable() else ""
    return find_any(db, key) if key else None


@blueprint.get("/members/<username>")
def member(username: str) -> str:
    """Show an account, and what can be done."""
    here = context()
    with here.reading() as db:
        account = account_by(db, username) or abort(404)
    facts = facts_of(here, account)
    actions = {
        name: ACTIONS[name] for name in possible_actions(account, facts["backup"], facts["codes"], facts["sessions"])
    }
    return render_template("admin/member.html", account=account, actions=actions, **facts)


def facts_of(here: Context, account: Account) -> dict[str, Any]:
    """Return what is known of an account besides its row."""
    with here.reading() as db:
        former = [row.username for row in db.execute(former_usernames(account.id))]
        backup = known_by(db, account.username_key).second
    sessions = len(list_sessions(here, account.id, MOST_SESSIONS + 1))
    return {
        "former": former,
        "backup": backup,
        "codes": count_codes(here, account.id).number,
        "sessions": sessions,
        "many": f"more than {MOST_SESSIONS}" if sessions > MOST_SESSIONS else str(sessions),
        "recovered": recovered_lately(account, here.now),
    }

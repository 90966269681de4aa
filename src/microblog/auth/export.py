"""The sessions of an account, in its owner's download."""

from microblog.auth.models import SignInSession
from microblog.exports import ExportPart, Row, export_table


def session_row(session: SignInSession) -> Row:
    """Return a session, without its secret."""
    row: Row = {"since": session.created_at, "last_seen": session.seen_at, "ends": session.expires_at}
    return row | {"device": session.device, "network": session.network}


EXPORTERS: tuple[ExportPart, ...] = (
    export_table("logins", SignInSession.id, SignInSession.account_id.expression, session_row),
)

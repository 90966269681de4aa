"""The events of an account, in their owner's download."""

from microblog.audit.models import Event
from microblog.exports import ExportPart, Row, export_table


def event_row(event: Event) -> Row:
    """Return an event, in codes."""
    row = {"at": event.at, "what": event.kind, "detail": event.detail}
    return row | {"device": event.device, "network": event.network}


EXPORTERS: tuple[ExportPart, ...] = (export_table("events", Event.id, Event.account_id.expression, event_row),)

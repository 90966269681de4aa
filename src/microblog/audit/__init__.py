"""What happened to an account, and who may look back on it."""

from microblog.audit.account_history import Happening, happenings
from microblog.audit.events import BY_ANYBODY_KEPT_FOR, EventType, hash_identifier, is_by_anybody, record
from microblog.audit.models import Event

__all__ = [
    "BY_ANYBODY_KEPT_FOR",
    "Event",
    "EventType",
    "Happening",
    "happenings",
    "hash_identifier",
    "is_by_anybody",
    "record",
]

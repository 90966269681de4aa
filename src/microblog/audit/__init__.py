"""What happened to an account, and who may look back on it."""

from microblog.audit.account_history import Happening, happenings
from microblog.audit.events import EventType, hash_identifier, record
from microblog.audit.queries import Occurrences, devices_of, is_recorded, occurrences_since

__all__ = [
    "EventType",
    "Happening",
    "Occurrences",
    "devices_of",
    "happenings",
    "hash_identifier",
    "is_recorded",
    "occurrences_since",
    "record",
]

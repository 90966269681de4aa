"""The audit log: security events of accounts, and the history that their owners see."""

from microblog.audit.account_history import Happening, read_happenings
from microblog.audit.events import EventType, hash_identifier, record
from microblog.audit.queries import EventCount, devices_of, is_recorded, occurrences_since

__all__ = [
    "EventCount",
    "EventType",
    "Happening",
    "devices_of",
    "hash_identifier",
    "is_recorded",
    "occurrences_since",
    "read_happenings",
    "record",
]

"""How long the steps of a deletion take."""

from datetime import timedelta

DELETED_AFTER = timedelta(days=3)

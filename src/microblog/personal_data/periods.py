"""The periods of an account's deletion."""

from datetime import timedelta

DELETED_AFTER = timedelta(days=3)

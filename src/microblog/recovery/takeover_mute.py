"""The period after a takeover report in which no request sends reset emails to the account."""

from datetime import timedelta

MUTED_FOR = timedelta(hours=24)

"""For how long an account that was taken over is not emailed links by whoever asks."""

from datetime import timedelta

MUTED_FOR = timedelta(hours=24)

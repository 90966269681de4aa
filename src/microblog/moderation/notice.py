"""The payload and rendering that the emails about administrators' actions share."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ModerationNotice:
    """The account, and the time."""

    username: str
    at: datetime

"""What the emails about an administrator's actions say."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ModerationNotice:
    """Whose account it was, and when."""

    username: str
    at: datetime

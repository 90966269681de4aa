"""The address of the last start in demo mode, for other commands to print."""

import re
from contextlib import suppress
from pathlib import Path

from microblog.settings import Settings

FILE = "address"
ADDRESS = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")


def remember_address(settings: Settings) -> None:
    """Note it in the data folder. Nothing but words depends on it, so failing to is no reason to stop."""
    if settings.trial:
        with suppress(OSError):
            (settings.data / FILE).write_text(f"{settings.public_url}\n", "utf-8")


def last_address(data: Path) -> str | None:
    """Return what was noted, or None if there is nothing to be read."""
    try:
        address = (data / FILE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return address if ADDRESS.fullmatch(address) else None

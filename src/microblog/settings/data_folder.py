"""The data folder: made, checked for writing, and home of the trial's own secret key."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from microblog.settings.errors import Problem, SettingsError

KEY_FILE = "secret_key"
KEY_BYTES = 32


def prepare(values: Mapping[str, Any]) -> list[Problem]:
    """Make the data folder if this site keeps anything in it, and make sure that it can be written to."""
    if not values["PUBLIC_URL"].trial and values["DATABASE_URL"]:
        return []
    data: Path = values["MICROBLOG_DATA"]
    should = "a folder that this user may write to"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data) as probe:
            probe.write(b"microblog")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return [Problem("MICROBLOG_DATA", f"{str(data)!r} cannot be used ({reason})", should)]
    return []


def trial_key(data: Path) -> bytes:
    """Return the trial's own key, making it at the first start. Two processes that start at once agree on one."""
    path = data / KEY_FILE
    try:
        if not path.exists():
            make_key(path)
        key = path.read_bytes().strip()
    except OSError as error:
        wrong = f"it is not set, and {path} cannot be made or read ({(error.strerror or str(error)).lower()})"
        raise SettingsError([Problem("SECRET_KEY", wrong, "set, or that file readable for this user")]) from error
    if len(key) < KEY_BYTES:
        should = "removed; the next start makes a new one and signs everybody out"
        raise SettingsError([Problem("SECRET_KEY", f"the file {path} is damaged", should)])
    return key


def make_key(path: Path) -> None:
    """Write a new key, whole or not at all: linking fails where another process was first."""
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp makes the file for its owner alone (0600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)  # noqa: PTH108 - beside os.link, which pathlib spells backwards

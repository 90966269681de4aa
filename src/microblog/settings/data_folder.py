"""The data folder, and the secret key that demo mode keeps in it."""

import os
import secrets
import tempfile
from pathlib import Path

from microblog.settings.errors import SettingProblem, SettingsError
from microblog.settings.setting import Values

KEY_FILE = "secret_key"
KEY_BYTES = 32


def prepare_data_folder(values: Values) -> list[SettingProblem]:
    """Create the data folder if this site needs one, and check that it is writable."""
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
        return [SettingProblem("MICROBLOG_DATA", f"{str(data)!r} cannot be used ({reason})", should)]
    return []


def trial_key(data: Path) -> bytes:
    """Return the secret key of demo mode, created at the first start. Two processes that start at once agree on one."""
    path = data / KEY_FILE
    try:
        if not path.exists():
            create_key_file(path)
        key = path.read_bytes().strip()
    except OSError as error:
        wrong = f"it is not set, and {path} cannot be made or read ({(error.strerror or str(error)).lower()})"
        raise SettingsError(
            [SettingProblem("SECRET_KEY", wrong, "set, or that file readable for this user")]
        ) from error
    if len(key) < KEY_BYTES:
        should = "removed; the next start makes a new one and signs everybody out"
        raise SettingsError([SettingProblem("SECRET_KEY", f"the file {path} is damaged", should)])
    return key


def create_key_file(path: Path) -> None:
    """Write a new key atomically: linking fails if another process was first."""
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

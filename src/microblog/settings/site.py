"""All settings of a site: each field declares one, or a group of them.

The README's table is made from these declarations by `make settings-table`. Rules between several settings are in
`check.py`.
"""

import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url

from microblog.settings import readers as read
from microblog.settings.data_folder import trial_key
from microblog.settings.limits import LimitSettings
from microblog.settings.mail import MailSettings
from microblog.settings.readers import PublicUrl
from microblog.settings.setting import Derived, Setting, Values, group, secret_texts, setting, settings_in

DEFAULT_PORT = 5000
OUTLAST_A_RESTORE = frozenset({"events", "limits", "recovery codes", "unsubscribe"})
"""Key purposes that a restore from a backup does not end: stored lookup keys, and the link that only ends emails."""


def sqlite_in_data_folder(values: Values) -> str:
    """Return the URL of the SQLite file in the data folder, whatever characters its path has."""
    file = values["MICROBLOG_DATA"] / "microblog.db"
    return URL.create("sqlite", database=str(file)).render_as_string()


def key_in_data_folder(values: Values) -> bytes:
    """Return the secret key that demo mode keeps in the data folder."""
    return trial_key(values["MICROBLOG_DATA"])


def one_for_each_core(values: Values) -> int:  # noqa: ARG001 - the signature of a derived default
    """Return how many web processes keep the processor busy. Each takes memory, and few sites need more."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 4)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a site, complete and checked."""

    public_url: PublicUrl = setting(
        "PUBLIC_URL",
        read.public_url,
        unset=PublicUrl("http", "localhost", DEFAULT_PORT),
        meaning="The address of the site, as visitors write it. Decides between demo mode and a real site.",
    )
    data: Path = setting(
        "MICROBLOG_DATA",
        read.folder,
        "data",
        meaning="The data folder: the database, and in demo mode the secret key and the mailbox.",
    )
    database_url: str = setting(
        "DATABASE_URL",
        read.database_url,
        unset=Derived(sqlite_in_data_folder),
        meaning="SQLite or PostgreSQL. Unset: SQLite in the data folder.",
        secret=True,
    )
    secret_key: bytes = setting(
        "SECRET_KEY",
        read.secret,
        unset=Derived(key_in_data_folder),
        meaning="Signs cookies and links. 32 bytes or more.",
        secret=True,
        any_bytes=True,
    )
    secret_key_fallbacks: tuple[bytes, ...] = setting(
        "SECRET_KEY_FALLBACKS",
        read.secrets,
        unset=(),
        meaning="Older keys that still verify, separated by commas.",
        secret=True,
        any_bytes=True,
    )
    web_processes: int = setting(
        "WEB_PROCESSES",
        read.number(1, 64),
        unset=Derived(one_for_each_core),
        meaning="Processes that answer requests, beside the one that delivers. Unset: one for each core, at most 4.",
    )
    trusted_proxies: int = setting(
        "TRUSTED_PROXIES",
        read.number(0, 10),
        "0",
        meaning="How many proxies in front are trusted to name the client's address.",
    )
    admins: tuple[str, ...] = setting(
        "ADMINS",
        read.addresses,
        unset=(),
        meaning="Email addresses, separated by commas. The first is the default sender. All are told of errors. "
        "Members with these addresses see `/admin/mail`, and at `/admin/members` they help members back in. "
        "`/.well-known/security.txt` publishes the first.",
    )
    mail: MailSettings = group(MailSettings)
    metrics_token: str = setting(
        "METRICS_TOKEN",
        read.token,
        unset="",
        meaning="Opens `/metrics`, as a bearer token of 16 characters or more. On a real site nothing else does.",
        secret=True,
    )
    reset_link_minutes: int = setting(
        "RESET_LINK_MINUTES",
        read.number(1, 1440),
        "10",
        meaning="Minutes that a reset link works, from when the email is sent.",
    )
    password_min_length: int = setting(
        "PASSWORD_MIN_LENGTH", read.number(8, 128), "12", meaning="The shortest password, in characters."
    )
    limits: LimitSettings = group(LimitSettings)
    generation: str = field(default="", repr=False)
    """Which restore from a backup the database comes from, empty where it was never restored. See `restores`."""

    @property
    def trial(self) -> bool:
        """True in demo mode on this computer, false for a site with a public address."""
        return self.public_url.trial

    @property
    def ehlo(self) -> str:
        """The name to greet mail servers with: the host's name, or else its address literal (RFC 5321 4.1.3)."""
        host = "127.0.0.1" if self.trial else self.public_url.host
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]" if read.is_ip(host) else host

    def keys(self, purpose: str) -> tuple[bytes, ...]:
        """Derive the keys for one purpose (HKDF-Expand, RFC 5869): the first signs, all of them verify.

        A restore from a backup ends the keys for every purpose not in OUTLAST_A_RESTORE.
        """
        everything = (self.secret_key, *self.secret_key_fallbacks)
        ends = self.generation and purpose not in OUTLAST_A_RESTORE
        info = f"microblog {purpose} {self.generation}" if ends else f"microblog {purpose}"
        return tuple(hmac.digest(key, info.encode() + b"\x01", "sha256") for key in everything)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret setting, and the passwords in the database's URL: what no log or page may show."""
        url = make_url(self.database_url)
        passwords = (url.password, *(url.query.get(name) for name in ("password", "sslpassword")))
        whole = (text for text in secret_texts(self) if text != self.database_url)
        return (*whole, *(str(one or "") for one in passwords))

    @property
    def mailbox(self) -> Path:
        """The Maildir that emails land in when there is no mail server."""
        return self.data / "mailbox"


SETTINGS: tuple[Setting, ...] = tuple(settings_in(Settings))
BY_NAME = {declared.name: declared for declared in SETTINGS}

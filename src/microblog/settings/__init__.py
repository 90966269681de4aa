"""Every setting, read once from the environment. Nonsense stops the start, by name."""

import hmac
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url

from microblog.settings.check import check
from microblog.settings.data_folder import prepare, trial_key
from microblog.settings.errors import Nonsense, Problem, SettingsError
from microblog.settings.providers import FILLED, fill
from microblog.settings.readers import PublicUrl, Rate, Sender, address, is_ip
from microblog.settings.table import SETTINGS, Setting

__all__ = [
    "UNLIMITED",
    "Limits",
    "MailSettings",
    "PublicUrl",
    "Rate",
    "Sender",
    "Settings",
    "SettingsError",
    "is_utf8",
    "load",
]

DEFAULT_PORT = 5000
MOST_BY_DEFAULT = 4  # web processes; each takes memory, and few sites keep more cores busy
SHOWN = 60  # characters of a refused value that are repeated back
QUOTES = frozenset({'""', "''", "``", "“”", "„“", "‘’", "«»"})
UNLIMITED = Rate(None, 1)
OUTLAST_A_RESTORE = frozenset({"events", "limits", "recovery codes", "unsubscribe"})
"""What a restore from a backup leaves alone: what rows are found by, and the link that only ever ends emails."""


@dataclass(frozen=True)
class MailSettings:
    """How letters leave. `server` empty means the local mailbox. `timeout` is in seconds, for each step."""

    server: str
    port: int
    starttls: bool
    implicit_tls: bool
    username: str = field(repr=False)
    """Not shown either: for some providers it is the secret itself."""
    password: str = field(repr=False)
    sender: Sender
    timeout: float
    ca_file: Path | None
    connections: int = 2
    rate: Rate = UNLIMITED
    keep: timedelta = timedelta(days=30)
    down_after: timedelta = timedelta(minutes=5)
    """For how long the mail server may be out of use before a monitor is told."""
    provider: str = ""
    """The word that MAIL_PROVIDER was, empty when none was named."""


@dataclass(frozen=True)
class Limits:
    """How often each thing may happen."""

    reset_per_identifier: Rate
    reset_per_account: Rate
    reset_tries_per_account: Rate
    reset_per_client: Rate
    reset_per_site: Rate
    recovery_code_per_identifier: Rate
    recovery_code_per_client: Rate
    recovery_code_per_site: Rate
    second_address_per_identifier: Rate
    second_address_per_member: Rate
    sign_in_per_identifier: Rate
    sign_in_per_account: Rate
    sign_in_per_client: Rate
    sign_up_per_identifier: Rate
    sign_up_per_client: Rate
    sign_up_per_site: Rate
    posts_per_member: Rate
    follows_per_member: Rate


@dataclass(frozen=True)
class Settings:
    """What the operator decided, complete and checked."""

    public_url: PublicUrl
    data: Path
    database_url: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    secret_key_fallbacks: tuple[bytes, ...] = field(repr=False)
    trusted_proxies: int
    admins: tuple[str, ...]
    mail: MailSettings
    reset_link_minutes: int
    password_min_length: int
    limits: Limits
    web_processes: int = 1
    metrics_token: str = field(default="", repr=False)
    generation: str = field(default="", repr=False)
    """Which restore from a backup the database comes from, empty where it was never restored. See `restores`."""

    @property
    def trial(self) -> bool:
        """True for a trial on this computer, false for a site with a public address."""
        return self.public_url.trial

    @property
    def ehlo(self) -> str:
        """The name to greet mail servers with: the host's, or where it has none its address (RFC 5321 4.1.3)."""
        host = "127.0.0.1" if self.trial else self.public_url.host
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]" if is_ip(host) else host

    def keys(self, purpose: str) -> tuple[bytes, ...]:
        """Derive the keys for one purpose (HKDF-Expand, RFC 5869): the first signs, all of them verify.

        A restore from a backup ends the keys for every purpose but those that outlast it.
        """
        everything = (self.secret_key, *self.secret_key_fallbacks)
        ends = self.generation and purpose not in OUTLAST_A_RESTORE
        info = f"microblog {purpose} {self.generation}" if ends else f"microblog {purpose}"
        return tuple(hmac.digest(key, info.encode() + b"\x01", "sha256") for key in everything)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What is known here and must be read nowhere else, such as in a log."""
        keys = (self.secret_key, *self.secret_key_fallbacks)
        url = make_url(self.database_url)
        passwords = (url.password, *(url.query.get(name) for name in ("password", "sslpassword")))
        return (*map(os.fsdecode, keys), self.mail.password, self.metrics_token, *(str(one or "") for one in passwords))

    @property
    def mailbox(self) -> Path:
        """The Maildir that letters land in when there is no mail server."""
        return self.data / "mailbox"


def load(environ: Mapping[str, str] | None = None, port: int | None = None) -> Settings:
    """Read and check every setting.

    `port` is the one given on the command line; an unset PUBLIC_URL follows it.

    Raises:
        SettingsError: with every problem found, none of them showing a secret.
    """
    environ = os.environ if environ is None else environ
    values, problems = read_all(environ)
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or PublicUrl("http", "localhost", port or DEFAULT_PORT)
    told = names_of(problems)
    values, contradictions = fill(values, {name for name in values if environ.get(name, "").strip()} - told)
    problems += [problem for problem in contradictions if problem.name not in told]
    told = names_of(problems) | (FILLED if "MAIL_PROVIDER" in told else frozenset())
    given = told | {name for name, value in values.items() if value is not None}
    problems += [problem for problem in check(values, given) if problem.name not in told]
    problems = problems or prepare(values)
    if problems:
        raise SettingsError(problems)
    return assemble(values)


def read_all(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Read each setting by itself; one that cannot be read has its default, and a problem."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for setting in SETTINGS:
        try:
            values[setting.name] = read(setting, environ)
        except Problem_ as refused:
            problems.append(refused.problem)
            values[setting.name] = setting.read(setting.default) if setting.default else None
    return values, problems


def names_of(problems: list[Problem]) -> frozenset[str]:
    """Return the settings that were complained of, whether they came from a file or not."""
    return frozenset(problem.name.removesuffix("_FILE") for problem in problems)


class Problem_(Exception):  # noqa: N801, N818 - carries one Problem from read() to load(), and no further
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def read(setting: Setting, environ: Mapping[str, str]) -> Any:  # noqa: ANN401 - each setting has its own type
    """Read one setting from NAME, from the file NAME_FILE points to if it is a secret, or from its default."""
    name, raw = setting.name, environ.get(setting.name, "").strip()
    path = environ.get(f"{name}_FILE", "").strip() if setting.secret else ""
    if raw and path:
        raise Problem_(Problem(name, f"it is set twice, also by {name}_FILE", "set once"))
    if path:
        raw, name = read_file(name, path), f"{name}_FILE"
    elif trouble := misquoted(setting, raw):
        raise Problem_(trouble)
    raw = raw or setting.default
    try:
        return setting.read(raw) if raw else None
    except Nonsense as nonsense:
        shown = "it holds a value that cannot be used" if setting.secret else f"it is {raw[:SHOWN]!r}"
        raise Problem_(Problem(name, nonsense.wrong or shown, nonsense.should)) from nonsense


def misquoted(setting: Setting, raw: str) -> Problem | None:
    """Return what is wrong with a value however it would be read: bytes that are no text, or quotes nobody took off.

    A shell and systemd take quotes off. `docker --env-file` leaves them on, and a password is wrong by two characters.
    """
    if not setting.any_bytes and not is_utf8(raw):
        return Problem(setting.name, "it is not UTF-8", "text in UTF-8")
    if len(raw) > 1 and raw[0] + raw[-1] in QUOTES:
        file = f", or in a file that {setting.name}_FILE names if they belong to it" if setting.secret else ""
        return Problem(setting.name, "it is in quotes, which count as part of it", f"without the quotes{file}")
    return None


def is_utf8(text: str) -> bool:
    """Tell whether a text from the environment or the command line was UTF-8: other bytes come as lone surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def read_file(name: str, path: str) -> str:
    """Return what a NAME_FILE holds, without the line break editors put at the end."""
    should = "the path of a readable text file that holds the secret and nothing else"
    try:
        raw = Path(path).read_text("utf-8-sig").strip()  # some editors mark UTF-8 by a first character
    except (OSError, UnicodeDecodeError) as error:
        raise Problem_(Problem(f"{name}_FILE", f"{path!r} cannot be read", should)) from error
    if not raw:
        raise Problem_(Problem(f"{name}_FILE", f"{path!r} is empty", should))
    return raw


def assemble(values: Mapping[str, Any]) -> Settings:
    """Build the settings from checked values."""
    limits = {name.removeprefix("LIMIT_").lower(): rate for name, rate in values.items() if name.startswith("LIMIT_")}
    data: Path = values["MICROBLOG_DATA"]
    return Settings(
        public_url=values["PUBLIC_URL"],
        data=data,
        database_url=values["DATABASE_URL"] or sqlite_url(data / "microblog.db"),
        secret_key=values["SECRET_KEY"] or trial_key(data),
        secret_key_fallbacks=values["SECRET_KEY_FALLBACKS"] or (),
        trusted_proxies=values["TRUSTED_PROXIES"],
        web_processes=values["WEB_PROCESSES"] or min(len(os.sched_getaffinity(0)), MOST_BY_DEFAULT),
        admins=values["ADMINS"] or (),
        mail=assemble_mail(values),
        reset_link_minutes=values["RESET_LINK_MINUTES"],
        password_min_length=values["PASSWORD_MIN_LENGTH"],
        limits=Limits(**limits),
        metrics_token=values["METRICS_TOKEN"] or "",
    )


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file, whatever signs its name has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def assemble_mail(values: Mapping[str, Any]) -> MailSettings:
    """Build the mail settings; the port follows the kind of TLS when none is named."""
    starttls, implicit = values["MAIL_USE_TLS"], values["MAIL_USE_SSL"]
    return MailSettings(
        server=values["MAIL_SERVER"] or "",
        port=values["MAIL_PORT"] or (465 if implicit else 587 if starttls else 25),
        starttls=starttls,
        implicit_tls=implicit,
        username=values["MAIL_USERNAME"] or "",
        password=values["MAIL_PASSWORD"] or "",
        sender=default_sender(values),
        timeout=values["MAIL_TIMEOUT"],
        ca_file=values["MAIL_CA_FILE"],
        connections=values["MAIL_CONNECTIONS"],
        rate=values["MAIL_RATE"],
        keep=timedelta(days=values["MAIL_KEEP_DAYS"]),
        down_after=timedelta(minutes=values["MAIL_DOWN_MINUTES"]),
        provider=values["MAIL_PROVIDER"] or "",
    )


def default_sender(values: Mapping[str, Any]) -> Sender:
    """Choose who letters come from.

    As set, else the first admin, else the mailbox we sign in to the mail server with, else a no-reply on our host.
    """
    if values["MAIL_DEFAULT_SENDER"]:
        chosen: Sender = values["MAIL_DEFAULT_SENDER"]
        return chosen
    if values["ADMINS"]:
        return Sender("Microblog", values["ADMINS"][0])
    with suppress(Nonsense):
        return Sender("Microblog", address(values["MAIL_USERNAME"] or ""))
    host = "localhost" if values["PUBLIC_URL"].trial else values["PUBLIC_URL"].host
    return Sender("Microblog", f"no-reply@{host}")

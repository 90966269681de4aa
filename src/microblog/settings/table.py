"""Every setting there is: its name, how it is read, what it is when unset, and what it means.

The README's table is held to this one by a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from microblog.settings import readers as read
from microblog.settings.providers import PROVIDERS


@dataclass(frozen=True)
class Setting:
    """One environment variable. A secret may also come from the file that NAME_FILE points to."""

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str
    secret: bool = False
    any_bytes: bool = False
    """It is no text, so it need not be UTF-8."""


SETTINGS = (
    Setting("PUBLIC_URL", read.public_url, "", "Where the site is, as visitors write it. Decides trial or real site."),
    Setting("MICROBLOG_DATA", read.folder, "data", "The data folder: the database, the trial's key and mailbox."),
    Setting(
        "DATABASE_URL", read.database_url, "", "SQLite or PostgreSQL. Unset: SQLite in the data folder.", secret=True
    ),
    Setting("SECRET_KEY", read.secret, "", "Signs cookies and links. 32 bytes or more.", secret=True, any_bytes=True),
    Setting(
        "SECRET_KEY_FALLBACKS",
        read.secrets,
        "",
        "Older keys that still verify, comma list.",
        secret=True,
        any_bytes=True,
    ),
    Setting(
        "WEB_PROCESSES",
        read.number(1, 64),
        "",
        "Processes that answer requests, beside the one that delivers. Unset: one for each core, at most 4.",
    ),
    Setting("TRUSTED_PROXIES", read.number(0, 10), "0", "How many proxies in front may name the client's address."),
    Setting("ADMINS", read.addresses, "", "Comma list. The first is the default sender. All are told of errors."),
    Setting(
        "MAIL_PROVIDER",
        read.one_of(PROVIDERS),
        "",
        "Who carries your letters, in one word. Fills in server, port and TLS.",
    ),
    Setting("MAIL_SERVER", read.host_name, "", "The SMTP server. Unset, in a trial: the local mailbox."),
    Setting(
        "MAIL_PORT", read.number(1, 65535), "", "Unset: 465 with MAIL_USE_SSL, 587 with MAIL_USE_TLS, otherwise 25."
    ),
    Setting("MAIL_USE_TLS", read.flag, "no", "STARTTLS, verified, never downgraded."),
    Setting("MAIL_USE_SSL", read.flag, "no", "TLS from the first byte, verified."),
    Setting("MAIL_USERNAME", read.credential, "", "For servers that ask for a login."),
    Setting("MAIL_PASSWORD", read.credential, "", "The password or key that goes with it.", secret=True),
    Setting(
        "MAIL_DEFAULT_SENDER",
        read.sender,
        "",
        "Who letters come from. Unset: the first of ADMINS, else MAIL_USERNAME, else no-reply at our host.",
    ),
    Setting("MAIL_TIMEOUT", read.seconds, "15", "Seconds the mail server may take for one step."),
    Setting(
        "MAIL_CA_FILE", read.authorities, "", "Extra authorities (PEM) for a mail server with a private certificate."
    ),
    Setting(
        "MAIL_CONNECTIONS", read.number(1, 100), "2", "Connections to the mail server a worker may have open at once."
    ),
    Setting(
        "MAIL_RATE",
        read.rate,
        "off",
        "What the mail provider allows, all workers together, such as 500/day or 10/second.",
    ),
    Setting(
        "MAIL_DOWN_MINUTES",
        read.number(0, 1440),
        "5",
        "Minutes after which `/healthz/worker` answers 503 while emails wait for a mail server that cannot be used.",
    ),
    Setting(
        "MAIL_KEEP_DAYS", read.number(1, 3650), "30", "Days after which nothing but its outcome is kept of a letter."
    ),
    Setting(
        "METRICS_TOKEN",
        read.text,
        "",
        "Opens /metrics, as a bearer token of 16 characters or more. In a real site nothing else does.",
        secret=True,
    ),
    Setting(
        "RESET_LINK_MINUTES", read.number(1, 1440), "10", "How long a reset link works, from when the letter leaves."
    ),
    Setting("PASSWORD_MIN_LENGTH", read.number(8, 128), "12", "The shortest password, in characters."),
    Setting(
        "LIMIT_RESET_PER_IDENTIFIER",
        read.rate,
        "5/hour",
        "Reset letters to one account that one network asks for. Over it: silently none.",
    ),
    Setting(
        "LIMIT_RESET_PER_ACCOUNT",
        read.rate,
        "12/hour",
        "Reset letters to one account, whoever asks. Over it: silently none, but one each half of RESET_LINK_MINUTES.",
    ),
    Setting(
        "LIMIT_RESET_TRIES_PER_ACCOUNT", read.rate, "20/hour", "Tries to choose a new password by one account's links."
    ),
    Setting("LIMIT_RESET_PER_CLIENT", read.rate, "60/hour", "Reset requests from one network address."),
    Setting("LIMIT_RESET_PER_SITE", read.rate, "2000/hour", "Reset requests to the whole site."),
    Setting(
        "LIMIT_RECOVERY_CODE_PER_IDENTIFIER",
        read.rate,
        "10/hour",
        "Recovery-code tries for one name from one network address.",
    ),
    Setting("LIMIT_RECOVERY_CODE_PER_CLIENT", read.rate, "60/hour", "Recovery-code tries from one network address."),
    Setting("LIMIT_RECOVERY_CODE_PER_SITE", read.rate, "1000/hour", "Recovery-code tries on the whole site."),
    Setting(
        "LIMIT_SECOND_ADDRESS_PER_IDENTIFIER",
        read.rate,
        "5/hour",
        "Letters to one address that confirm it as a second one. Over it: silently none.",
    ),
    Setting("LIMIT_SECOND_ADDRESS_PER_MEMBER", read.rate, "10/hour", "Second addresses that one member may type."),
    Setting(
        "LIMIT_SIGN_IN_PER_IDENTIFIER",
        read.rate,
        "30/hour",
        "Failed sign-in tries for one name from one network address, or a known browser.",
    ),
    Setting(
        "LIMIT_SIGN_IN_PER_ACCOUNT",
        read.rate,
        "100/hour",
        "Failed sign-in tries for one name from all addresses, known browsers apart.",
    ),
    Setting("LIMIT_SIGN_IN_PER_CLIENT", read.rate, "300/hour", "Sign-in tries from one network address."),
    Setting(
        "LIMIT_SIGN_UP_PER_IDENTIFIER", read.rate, "5/hour", "Sign-up letters to one address. Over it: silently none."
    ),
    Setting("LIMIT_SIGN_UP_PER_CLIENT", read.rate, "60/hour", "Sign-ups from one network address."),
    Setting("LIMIT_SIGN_UP_PER_SITE", read.rate, "1000/hour", "Sign-ups to the whole site."),
    Setting("LIMIT_POSTS_PER_MEMBER", read.rate, "60/hour", "Posts by one member."),
    Setting("LIMIT_FOLLOWS_PER_MEMBER", read.rate, "200/hour", "Times one member follows or unfollows somebody."),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}

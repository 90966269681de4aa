"""The settings of outgoing email."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from microblog.settings import readers as read
from microblog.settings.errors import InvalidValue
from microblog.settings.providers import PROVIDERS
from microblog.settings.readers import Rate, Sender
from microblog.settings.setting import Derived, Values, setting


def port_for_tls(values: Values) -> int:
    """Return the usual port for the kind of TLS."""
    return 465 if values["MAIL_USE_SSL"] else 587 if values["MAIL_USE_TLS"] else 25


def default_sender(values: Values) -> Sender:
    """Choose the first admin, else the mailbox we sign in to the mail server with, else a no-reply on our host."""
    if values["ADMINS"]:
        return Sender("Microblog", values["ADMINS"][0])
    with suppress(InvalidValue):
        return Sender("Microblog", read.address(values["MAIL_USERNAME"] or ""))
    host = "localhost" if values["PUBLIC_URL"].trial else values["PUBLIC_URL"].host
    return Sender("Microblog", f"no-reply@{host}")


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """The settings of sending emails. An empty `server` means the local mailbox."""

    provider: str = setting(
        "MAIL_PROVIDER",
        read.one_of(PROVIDERS),
        unset="",
        meaning="Your email provider, in one word (see above). Fills in server, port and TLS.",
    )
    server: str = setting(
        "MAIL_SERVER", read.host_name, unset="", meaning="The SMTP server. Unset, in demo mode: the local mailbox."
    )
    port: int = setting(
        "MAIL_PORT",
        read.number(1, 65535),
        unset=Derived(port_for_tls),
        meaning="Unset: 465 with `MAIL_USE_SSL`, 587 with `MAIL_USE_TLS`, otherwise 25.",
    )
    starttls: bool = setting("MAIL_USE_TLS", read.flag, "no", meaning="STARTTLS, verified, never downgraded.")
    implicit_tls: bool = setting("MAIL_USE_SSL", read.flag, "no", meaning="TLS from the first byte, verified.")
    username: str = setting(
        "MAIL_USERNAME",
        read.credential,
        unset="",
        meaning="For servers that require a login.",
        hidden=True,  # for some providers it is the secret itself
    )
    password: str = setting(
        "MAIL_PASSWORD", read.credential, unset="", meaning="The password or key that goes with it.", secret=True
    )
    sender: Sender = setting(
        "MAIL_DEFAULT_SENDER",
        read.sender,
        unset=Derived(default_sender),
        meaning="The sender of emails. Unset: the first of `ADMINS`, else `MAIL_USERNAME`, else no-reply at our host.",
    )
    timeout: float = setting(
        "MAIL_TIMEOUT", read.seconds, "15", meaning="Seconds the mail server may take for one step."
    )
    ca_file: Path | None = setting(
        "MAIL_CA_FILE",
        read.authorities,
        unset=None,
        meaning="Extra certificate authorities (PEM) for a mail server with a private certificate.",
    )
    connections: int = setting(
        "MAIL_CONNECTIONS",
        read.number(1, 100),
        "2",
        meaning="Connections to the mail server a worker may have open at once.",
    )
    rate: Rate = setting(
        "MAIL_RATE",
        read.rate,
        "off",
        meaning="What the email provider allows, for all workers together, such as `500/day` or `10/second`.",
    )
    down_after: timedelta = setting(
        "MAIL_DOWN_MINUTES",
        read.minutes(0, 1440),
        "5",
        meaning="Minutes after which `/healthz/worker` answers 503 while emails wait for an unavailable mail server.",
    )
    keep: timedelta = setting(
        "MAIL_KEEP_DAYS", read.days(1, 3650), "30", meaning="Days after which only the outcome of an email is kept."
    )

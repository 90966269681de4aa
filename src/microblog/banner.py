"""The startup message: where the site is, how emails are sent, and notes on settings that look like mistakes."""

import os
from collections.abc import Mapping
from difflib import get_close_matches

from microblog.db import sqlite_file
from microblog.settings import BY_NAME, Settings
from microblog.settings.readers import bracket_ipv6

OURS = ("MAIL_", "LIMIT_", "MICROBLOG_")


def startup_message(settings: Settings, host: str, port: int | None) -> str:
    """Return the lines to print once the site is running."""
    lines = [f"  Site      {settings.public_url}"]
    if not settings.trial:
        lines.append(f"  Listens   {bracket_ipv6(host)}:{port or 5000}, for the proxy that does TLS")
    elif port and port != settings.public_url.port:
        lines.append(f"  Listens   {bracket_ipv6(host)}:{port}, which is not where PUBLIC_URL points")
    if settings.mail.server:
        lines.append(f"  Mail      {describe_mail_route(settings)}, from {settings.mail.sender.address}")
    else:
        lines.append(f"  Mailbox   {settings.public_url}/mailbox (emails stay on this computer)")
    lines.append(f"  Database  {describe_database(settings)}")
    title = "Microblog is running, in demo mode on this computer." if settings.trial else "Microblog is running."
    return "\n".join([title, *lines, "Stop with Ctrl-C."])


def describe_database(settings: Settings) -> str:
    """Name the database, without its password."""
    file = sqlite_file(settings.database_url)
    return f"SQLite, {file.absolute()}" if file else "PostgreSQL"


def describe_mail_route(settings: Settings) -> str:
    """Name the mail server, its port and its kind of TLS."""
    mail = settings.mail
    tls = "STARTTLS" if mail.starttls else "TLS" if mail.implicit_tls else "no TLS"
    return f"by {mail.server}:{mail.port} ({tls})"


def startup_notes(settings: Settings, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return notes on settings that are valid and probably a mistake."""
    environ = os.environ if environ is None else environ
    known = {*BY_NAME, *(f"{setting.name}_FILE" for setting in BY_NAME.values() if setting.secret)}
    found = []
    for name in sorted(environ):
        if name.startswith(OURS) and name not in known:
            close = get_close_matches(name, known, 1)
            found.append(f"{name} is not a setting." + (f" Did you mean {close[0]}?" if close else ""))
    if not settings.trial and not settings.trusted_proxies:
        found.append(
            "TRUSTED_PROXIES is 0. Behind a proxy, all visitors share one address and so one limit; set it to 1."
        )
    if not settings.trial and not settings.admins:
        found.append(f"ADMINS is not set; emails are sent from {settings.mail.sender.address}. Can that mailbox send?")
    return found

"""What the start says: where the site is, where letters go, and what may need a look."""

import os
from collections.abc import Mapping
from difflib import get_close_matches

from microblog.db import sqlite_file
from microblog.settings import BY_NAME, Settings
from microblog.settings.readers import bracketed

OURS = ("MAIL_", "LIMIT_", "MICROBLOG_")


def welcome(settings: Settings, host: str, port: int | None) -> str:
    """Return the few lines that greet whoever started the site."""
    lines = [f"  Site      {settings.public_url}"]
    if not settings.trial:
        lines.append(f"  Listens   {bracketed(host)}:{port or 5000}, for the proxy that does TLS")
    elif port and port != settings.public_url.port:
        lines.append(f"  Listens   {bracketed(host)}:{port}, which is not where PUBLIC_URL points")
    if settings.mail.server:
        lines.append(f"  Mail      {mail_way(settings)}, from {settings.mail.sender.address}")
    else:
        lines.append(f"  Mailbox   {settings.public_url}/mailbox (emails stay on this computer)")
    lines.append(f"  Database  {database_words(settings)}")
    title = "Microblog is running, as a trial on this computer." if settings.trial else "Microblog is running."
    return "\n".join([title, *lines, "Stop with Ctrl-C."])


def database_words(settings: Settings) -> str:
    """Say where the data is."""
    file = sqlite_file(settings.database_url)
    return f"SQLite, {file.absolute()}" if file else "PostgreSQL"


def mail_way(settings: Settings) -> str:
    """Say how letters leave."""
    mail = settings.mail
    tls = "STARTTLS" if mail.starttls else "TLS" if mail.implicit_tls else "no TLS"
    return f"by {mail.server}:{mail.port} ({tls})"


def notes(settings: Settings, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return what is allowed and yet probably not meant."""
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
        found.append(f"ADMINS is not set; letters come from {settings.mail.sender.address}. Can that mailbox send?")
    return found

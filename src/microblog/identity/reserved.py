"""Usernames that nobody gets, because others would take whoever has one for the site itself."""

import re
from functools import cache

WORDS = (
    *("abuse", "account", "accounts", "admin", "administration", "administrator", "administrators"),
    *("admins", "alerts", "billing", "compliance", "contact", "customerservice", "daemon", "email", "feedback"),
    *("help", "helpdesk", "hostmaster", "info", "invoice", "invoices", "legal", "login", "mail", "mailer"),
    *("microblog", "mod", "moderation", "moderator", "moderators", "mods", "newsletter", "noreply", "notification"),
    *("notifications", "official", "operator", "operators", "owner", "owners", "password", "passwords", "payment"),
    *("payments", "postmaster", "privacy", "recovery", "register", "registration", "reset", "root", "safety"),
    *("security", "service", "signin", "signup", "site", "siteowner", "staff", "support", "sysadmin", "system", "team"),
    *("verification", "verify", "webmail", "webmaster", "www"),
)
FILLERS = ("the", "this", "your", "our", "my", "real", "from", "hq", "online", "desk", "center", "centre", "bot")
SIGNS = re.compile(r"[._-]")
READ_AS = str.maketrans("0134579l", "oieastgi")  # digits that pass for a letter; a small l and a large I are one
PAIRS = (("rn", "m"), ("vv", "w"), ("ci", "d"))  # two letters that pass for one; by then an l is an i
DIGITS = "0123456789"


def looks_like(username: str) -> str:
    """Return what usernames share that are taken for each other at a glance."""
    letters = SIGNS.sub("", username.lower()).translate(READ_AS)
    for pair, one in PAIRS:
        letters = letters.replace(pair, one)
    return letters


@cache
def of_the_site(host: str) -> re.Pattern[str]:
    """Return the pattern of words that speak for a site, one or more of them, with fillers between."""
    words = "|".join(looks_like(word) for word in (*WORDS, *names_of(host)))
    fillers = "|".join(looks_like(word) for word in FILLERS)
    return re.compile(f"(?:{fillers})*(?:{words})(?:{fillers}|{words})*")


def names_of(host: str) -> tuple[str, ...]:
    """Return the names a site goes by: its host, and that without `www.`.

    A single part of it is free: who has a site at alice.example may want to be Alice there.
    """
    return tuple({name for name in (host, host.removeprefix("www.")) if name.count(".") and looks_like(name)})


def is_reserved(username: str, host: str = "") -> bool:
    """Tell whether a username is one of these words, some of them together, or looks like that.

    Digits before and behind change nothing. `host` is that of PUBLIC_URL.
    """
    spellings = (username, username.strip(DIGITS + "._-"))
    return any(of_the_site(host).fullmatch(looks_like(one)) for one in spellings)

"""Usernames that nobody gets, because others would take whoever has one for the site itself."""

import re

WORDS = (
    *("abuse", "account", "accounts", "admin", "administration", "administrator", "administrators"),
    *("admins", "contact", "daemon", "help", "helpdesk", "hostmaster", "info", "login", "mailer"),
    *("microblog", "mod", "moderation", "moderator", "moderators", "mods", "noreply", "official"),
    *("operator", "operators", "password", "postmaster", "recovery", "root", "security", "service", "site"),
    *("staff", "support", "sysadmin", "system", "team", "webmaster"),
)
SIGNS = re.compile(r"[._-]")
READ_AS = str.maketrans("0134579l", "oieastgi")  # digits that pass for a letter; a small l and a large I are one
PAIRS = (("rn", "m"), ("vv", "w"))  # two letters that pass for one


def looks_like(username: str) -> str:
    """Return what usernames share that are taken for each other at a glance."""
    letters = SIGNS.sub("", username.lower()).translate(READ_AS)
    for pair, one in PAIRS:
        letters = letters.replace(pair, one)
    return letters


OF_THE_SITE = re.compile(f"(?:{'|'.join(looks_like(word) for word in WORDS)})+")


def is_reserved(username: str) -> bool:
    """Tell whether a username is one of these words, some of them together, or looks like that."""
    return OF_THE_SITE.fullmatch(looks_like(username)) is not None

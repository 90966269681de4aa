"""Settings that make sense alone and not together."""

from collections.abc import Callable, Mapping
from typing import Any

from microblog.settings.errors import Problem
from microblog.settings.readers import is_ip, is_loopback

KEY_BYTES = 32
TOKEN_CHARACTERS = 16
DISTINCT_BYTES = 8  # 64 hexadecimal digits at random hold about 16 different ones
WELL_KNOWN = (
    b"192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",  # the example in Flask's own documentation
    b"django-insecure-",
    b"changeme",
    b"change-me",
    b"change_me",
    b"you-will-never-guess",
)
GOOD_KEY = (
    f"{KEY_BYTES} random bytes or more, made for example by: "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)

Values = Mapping[str, Any]


def check(values: Values, given: frozenset[str]) -> list[Problem]:
    """Return what does not go together; `given` are the names that have a value at all."""
    rules: tuple[Callable[[Values, frozenset[str]], Problem | None], ...] = (
        key_is_good,
        fallbacks_are_good,
        mail_leaves_a_real_site,
        one_kind_of_tls,
        login_is_whole,
        mail_settings_have_a_server,
        password_is_not_sent_in_the_clear,
        sender_is_known,
        metrics_token_is_long,
    )
    return [problem for rule in rules if (problem := rule(values, given))]


def key_is_good(values: Values, given: frozenset[str]) -> Problem | None:
    if values["PUBLIC_URL"].trial:
        return None
    if "SECRET_KEY" not in given:
        return Problem("SECRET_KEY", "it is not set, and a real site needs one", GOOD_KEY)
    key: bytes = values["SECRET_KEY"] or b""
    if len(key) < KEY_BYTES:
        return Problem("SECRET_KEY", f"it has {len(key)} bytes, which can be guessed", GOOD_KEY)
    if len(set(key)) < DISTINCT_BYTES or any(known in key.lower() for known in WELL_KNOWN):
        return Problem("SECRET_KEY", "it is an example or a pattern, which can be guessed", GOOD_KEY)
    return None


def fallbacks_are_good(values: Values, given: frozenset[str]) -> Problem | None:  # noqa: ARG001 - one shape for all
    short = any(len(key) < KEY_BYTES for key in values["SECRET_KEY_FALLBACKS"] or ())
    if short and not values["PUBLIC_URL"].trial:
        return Problem("SECRET_KEY_FALLBACKS", "one of them is too short", GOOD_KEY)
    return None


def mail_leaves_a_real_site(values: Values, given: frozenset[str]) -> Problem | None:
    if "MAIL_SERVER" in given or values["PUBLIC_URL"].trial:
        return None
    wrong = f"it is not set, and without it no member of {values['PUBLIC_URL']} would ever get a letter"
    return Problem(
        "MAIL_SERVER", wrong, "the SMTP server to hand letters to, such as smtp.gmail.com; or set MAIL_PROVIDER"
    )


def one_kind_of_tls(values: Values, given: frozenset[str]) -> Problem | None:  # noqa: ARG001 - one shape for all rules
    if values["MAIL_USE_TLS"] and values["MAIL_USE_SSL"]:
        should = "only one of them: MAIL_USE_TLS (STARTTLS, port 587) or MAIL_USE_SSL (port 465)"
        return Problem("MAIL_USE_TLS", "it is on, and so is MAIL_USE_SSL", should)
    return None


def login_is_whole(values: Values, given: frozenset[str]) -> Problem | None:  # noqa: ARG001
    name, password = values["MAIL_USERNAME"], values["MAIL_PASSWORD"]
    if name and not password:
        return Problem("MAIL_PASSWORD", "it is not set, but MAIL_USERNAME is", "the password or key of that user")
    if password and not name:
        return Problem("MAIL_USERNAME", "it is not set, but MAIL_PASSWORD is", "the user that password belongs to")
    return None


def mail_settings_have_a_server(values: Values, given: frozenset[str]) -> Problem | None:
    alone = [name for name in ("MAIL_CA_FILE", "MAIL_PORT", "MAIL_USERNAME") if values[name]]
    on = [name for name in ("MAIL_USE_TLS", "MAIL_USE_SSL") if values[name]]
    if "MAIL_SERVER" in given or not alone + on or not values["PUBLIC_URL"].trial:
        return None
    return Problem("MAIL_SERVER", f"it is not set, but {(alone + on)[0]} is", "the server those settings are for")


def password_is_not_sent_in_the_clear(values: Values, given: frozenset[str]) -> Problem | None:  # noqa: ARG001
    safe = values["MAIL_USE_TLS"] or values["MAIL_USE_SSL"] or is_loopback(values["MAIL_SERVER"] or "localhost")
    if values["MAIL_PASSWORD"] and not safe:
        wrong = f"it is off, and {values['MAIL_SERVER']} would be sent the password in the clear"
        return Problem("MAIL_USE_TLS", wrong, "yes (or set MAIL_USE_SSL to yes)")
    return None


def sender_is_known(values: Values, given: frozenset[str]) -> Problem | None:
    if {"ADMINS", "MAIL_DEFAULT_SENDER"} & given or values["PUBLIC_URL"].trial:
        return None
    host = values["PUBLIC_URL"].host
    if is_ip(host) or "." not in host:
        wrong = f"it is not set, and {host} is no domain to send letters from"
        return Problem("MAIL_DEFAULT_SENDER", wrong, "the address letters come from")
    return None


def metrics_token_is_long(values: Values, given: frozenset[str]) -> Problem | None:  # noqa: ARG001
    if not 0 < len(values["METRICS_TOKEN"] or "") < TOKEN_CHARACTERS:
        return None
    should = (
        f"{TOKEN_CHARACTERS} characters or more, made for example by: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe())'"
    )
    return Problem("METRICS_TOKEN", "it is so short that it can be guessed", should)

"""Rules between several settings: values that are valid alone and invalid together."""

from collections.abc import Callable

from microblog.settings.errors import SettingProblem
from microblog.settings.readers import is_ip, is_loopback
from microblog.settings.setting import Values

Rule = Callable[[Values, frozenset[str]], SettingProblem | None]

KEY_BYTES = 32
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


def find_conflicts(values: Values, given: frozenset[str]) -> list[SettingProblem]:
    """Return the problems between settings. `given` are the names of those that have a value."""
    rules: tuple[Rule, ...] = (
        check_key,
        check_fallbacks,
        check_mail_server,
        check_one_kind_of_tls,
        check_login,
        check_server_of_mail_settings,
        check_password_is_encrypted,
        check_sender,
    )
    return [problem for rule in rules if (problem := rule(values, given))]


def check_key(values: Values, given: frozenset[str]) -> SettingProblem | None:
    if values["PUBLIC_URL"].trial:
        return None
    if "SECRET_KEY" not in given:
        return SettingProblem("SECRET_KEY", "it is not set, and a real site needs one", GOOD_KEY)
    key: bytes = values["SECRET_KEY"] or b""
    if len(key) < KEY_BYTES:
        return SettingProblem("SECRET_KEY", f"it has {len(key)} bytes, which can be guessed", GOOD_KEY)
    if len(set(key)) < DISTINCT_BYTES or any(known in key.lower() for known in WELL_KNOWN):
        return SettingProblem("SECRET_KEY", "it is an example or a pattern, which can be guessed", GOOD_KEY)
    return None


def check_fallbacks(values: Values, given: frozenset[str]) -> SettingProblem | None:  # noqa: ARG001 - one shape for all
    short = any(len(key) < KEY_BYTES for key in values["SECRET_KEY_FALLBACKS"] or ())
    if short and not values["PUBLIC_URL"].trial:
        return SettingProblem("SECRET_KEY_FALLBACKS", "one of them is too short", GOOD_KEY)
    return None


def check_mail_server(values: Values, given: frozenset[str]) -> SettingProblem | None:
    if "MAIL_SERVER" in given or values["PUBLIC_URL"].trial:
        return None
    wrong = f"it is not set, and without it no member of {values['PUBLIC_URL']} would ever get an email"
    return SettingProblem(
        "MAIL_SERVER", wrong, "the SMTP server to send emails through, such as smtp.gmail.com; or set MAIL_PROVIDER"
    )


def check_one_kind_of_tls(values: Values, given: frozenset[str]) -> SettingProblem | None:  # noqa: ARG001 - one shape for all rules
    if values["MAIL_USE_TLS"] and values["MAIL_USE_SSL"]:
        should = "only one of them: MAIL_USE_TLS (STARTTLS, port 587) or MAIL_USE_SSL (port 465)"
        return SettingProblem("MAIL_USE_TLS", "it is on, and so is MAIL_USE_SSL", should)
    return None


def check_login(values: Values, given: frozenset[str]) -> SettingProblem | None:  # noqa: ARG001
    name, password = values["MAIL_USERNAME"], values["MAIL_PASSWORD"]
    if name and not password:
        return SettingProblem(
            "MAIL_PASSWORD", "it is not set, but MAIL_USERNAME is", "the password or key of that user"
        )
    if password and not name:
        return SettingProblem(
            "MAIL_USERNAME", "it is not set, but MAIL_PASSWORD is", "the user that password belongs to"
        )
    return None


def check_server_of_mail_settings(values: Values, given: frozenset[str]) -> SettingProblem | None:
    alone = [name for name in ("MAIL_CA_FILE", "MAIL_PORT", "MAIL_USERNAME") if values[name]]
    on = [name for name in ("MAIL_USE_TLS", "MAIL_USE_SSL") if values[name]]
    if "MAIL_SERVER" in given or not alone + on or not values["PUBLIC_URL"].trial:
        return None
    return SettingProblem(
        "MAIL_SERVER", f"it is not set, but {(alone + on)[0]} is", "the server those settings are for"
    )


def check_password_is_encrypted(values: Values, given: frozenset[str]) -> SettingProblem | None:  # noqa: ARG001
    safe = values["MAIL_USE_TLS"] or values["MAIL_USE_SSL"] or is_loopback(values["MAIL_SERVER"] or "localhost")
    if values["MAIL_PASSWORD"] and not safe:
        wrong = f"it is off, and {values['MAIL_SERVER']} would be sent the password in the clear"
        return SettingProblem("MAIL_USE_TLS", wrong, "yes (or set MAIL_USE_SSL to yes)")
    return None


def check_sender(values: Values, given: frozenset[str]) -> SettingProblem | None:
    if {"ADMINS", "MAIL_DEFAULT_SENDER"} & given or values["PUBLIC_URL"].trial:
        return None
    host = values["PUBLIC_URL"].host
    if is_ip(host) or "." not in host:
        wrong = f"it is not set, and {host} is not a domain to send emails from"
        return SettingProblem("MAIL_DEFAULT_SENDER", wrong, "the address that emails are sent from")
    return None

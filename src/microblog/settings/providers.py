"""Presets of email providers: MAIL_PROVIDER names one, and its server, port and TLS are filled in."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from microblog.settings.errors import SettingProblem
from microblog.settings.readers import is_loopback
from microblog.settings.setting import Values


@dataclass(frozen=True)
class Provider:
    """A mail provider: its servers, and the user and password it expects. The usual port of each kind is first."""

    name: str
    server: str
    """Empty where there is one for each region."""
    servers: str
    """Every name its servers go by, as a regular expression."""
    user: str
    password: str
    starttls: tuple[int, ...] = (587, 2525, 25)
    implicit: tuple[int, ...] = (465,)
    only_user: str = ""
    """The one user name it knows, for providers that tell their customers apart by the password alone."""
    password_is_user: bool = False


PROVIDERS: Mapping[str, Provider] = {
    "gmail": Provider(
        "Gmail",
        "smtp.gmail.com",
        r"smtp\.(gmail|googlemail)\.com|smtp-relay\.gmail\.com",
        "the whole Gmail address",
        "an app password of that account (it needs two-step verification), not the account's own",
        starttls=(587, 25),
    ),
    "sendgrid": Provider(
        "SendGrid",
        "smtp.sendgrid.net",
        r"smtp\.(eu\.)?sendgrid\.net",
        "apikey",
        "an API key that may send mail; it begins with SG.",
        only_user="apikey",
    ),
    "mailgun": Provider(
        "Mailgun",
        "smtp.mailgun.org",
        r"smtp\.(eu\.)?mailgun\.org",
        "the SMTP login of your domain there, such as postmaster@mg.blog.example",
        "the SMTP password of that login, not the API key",
    ),
    "mailgun-eu": Provider(
        "Mailgun (EU)",
        "smtp.eu.mailgun.org",
        r"smtp\.eu\.mailgun\.org",
        "the SMTP login of your domain there, such as postmaster@mg.blog.example",
        "the SMTP password of that login, not the API key",
    ),
    "postmark": Provider(
        "Postmark",
        "smtp.postmarkapp.com",
        r"smtp(-broadcasts)?\.postmarkapp\.com",
        "the server's API token",
        "the server's API token",
        implicit=(),
        password_is_user=True,
    ),
    "ses": Provider(
        "Amazon SES",
        "",
        r"email-smtp(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?",
        "the SMTP user name that SES made",
        "the SMTP password that SES made with it, which is not the secret key of an IAM user",
        starttls=(587, 2587, 25),
        implicit=(465, 2465),
    ),
    "brevo": Provider(
        "Brevo",
        "smtp-relay.brevo.com",
        r"smtp-relay\.(brevo|sendinblue)\.com",
        "the SMTP login that Brevo shows beside its SMTP keys",
        "an SMTP key, which is not an API key",
        starttls=(587, 2525),
    ),
    "microsoft365": Provider(
        "Microsoft 365",
        "smtp.office365.com",
        r"smtp\.office365\.com",
        "the whole address of the mailbox",
        "the password of that mailbox, which must be allowed to use SMTP with a password",
        starttls=(587, 25),
        implicit=(),
    ),
}
PRESET_NAMES = frozenset({"MAIL_SERVER", "MAIL_PORT", "MAIL_USE_TLS", "MAIL_USE_SSL", "MAIL_USERNAME"})
SES_SERVER = "email-smtp.REGION.amazonaws.com, with the region your SMTP password was made in, such as eu-west-1"


def provider_for(word: str | None, server: str) -> Provider | None:
    """Return the provider that was named, or else the one that the server belongs to."""
    if word:
        return PROVIDERS[word]
    return next((one for one in PROVIDERS.values() if re.fullmatch(one.servers, server)), None)


def apply_preset(values: Values, named: AbstractSet[str]) -> tuple[dict[str, Any], list[SettingProblem]]:
    """Fill in the preset of MAIL_PROVIDER for all that is not `named` in the environment; return what contradicts it.

    A server on this computer is taken for a tunnel to the provider, and may listen on any port.
    """
    if not values["MAIL_PROVIDER"]:
        return dict(values), []
    provider = PROVIDERS[values["MAIL_PROVIDER"]]
    by_port = values["MAIL_PORT"] in provider.implicit and "MAIL_USE_SSL" not in named and not values["MAIL_USE_TLS"]
    implicit = values["MAIL_USE_SSL"] or by_port
    ports = provider.implicit if implicit else provider.starttls
    whole = {
        **values,
        "MAIL_SERVER": values["MAIL_SERVER"] or provider.server or None,
        "MAIL_PORT": values["MAIL_PORT"] or next(iter(ports), None),
        "MAIL_USE_SSL": implicit,
        "MAIL_USE_TLS": values["MAIL_USE_TLS"] if "MAIL_USE_TLS" in named else not implicit,
        "MAIL_USERNAME": values["MAIL_USERNAME"]
        or provider.only_user
        or (values["MAIL_PASSWORD"] if provider.password_is_user else None),
    }
    return whole, [*login_problems(provider, whole), *route_problems(provider, whole)]


def login_problems(provider: Provider, values: Values) -> Iterator[SettingProblem]:
    """Yield the problems of user and password."""
    name, password = values["MAIL_USERNAME"], values["MAIL_PASSWORD"]
    if provider.only_user and name != provider.only_user:
        wrong = f"it is {name[:60]!r}, and {provider.name} knows one user name for everybody"
        yield SettingProblem("MAIL_USERNAME", wrong, f"the word {provider.only_user}, or unset")
    if not name and not provider.password_is_user:
        yield SettingProblem("MAIL_USERNAME", f"it is not set, and {provider.name} asks for a login", provider.user)
    if not password:
        yield SettingProblem("MAIL_PASSWORD", f"it is not set, and {provider.name} asks for a login", provider.password)


def route_problems(provider: Provider, values: Values) -> Iterator[SettingProblem]:
    """Yield the problems of server, port and TLS."""
    server, port, implicit = values["MAIL_SERVER"], values["MAIL_PORT"], values["MAIL_USE_SSL"]
    if not server:
        yield SettingProblem("MAIL_SERVER", f"it is not set, and {provider.name} has one for each region", SES_SERVER)
    elif not re.fullmatch(provider.servers, server) and not is_loopback(server):
        should = f"unset, or {provider.server or SES_SERVER}"
        yield SettingProblem("MAIL_SERVER", f"it is {server!r}, which is not a server of {provider.name}", should)
    elif not is_loopback(server) and values["MAIL_USE_TLS"] != implicit:  # both, or none, is for other rules
        yield from port_problems(provider, port, implicit=implicit)


def port_problems(provider: Provider, port: int | None, *, implicit: bool) -> Iterator[SettingProblem]:
    """Yield the problems of the port, for the kind of TLS in use."""
    right, other = provider.starttls, provider.implicit
    if implicit:
        right, other = other, right
    if not right:
        wrong = f"it is on, and {provider.name} offers STARTTLS only"
        yield SettingProblem("MAIL_USE_SSL", wrong, "unset; MAIL_USE_TLS is on by itself")
    elif port in other:
        kind, asked = (
            ("STARTTLS", "TLS from the first byte (MAIL_USE_SSL)")
            if implicit
            else ("TLS from the first byte", "STARTTLS (MAIL_USE_TLS)")
        )
        wrong = f"it is {port}, where {provider.name} speaks {kind}, and {asked} is asked for"
        yield SettingProblem("MAIL_PORT", wrong, f"unset, or {join_ports(right)}")
    elif port not in right:
        wrong = f"it is {port}, where {provider.name} does not listen"
        yield SettingProblem("MAIL_PORT", wrong, f"unset, or {join_ports(right)}")


def join_ports(ports: tuple[int, ...]) -> str:
    """Join ports with "or"."""
    return " or ".join(str(port) for port in ports)

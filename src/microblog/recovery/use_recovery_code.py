"""Choosing a new password with a recovery code. A wrong name and a wrong code take the same steps and the same time."""

from dataclasses import dataclass

from microblog.auth import Member, check_password, hash_password, sign_out_member
from microblog.auth.known_browsers import known_browsers
from microblog.context import Context
from microblog.limits import Limit
from microblog.mail import canonical_identifier
from microblog.recovery.codes import PURPOSE, holder_of, read_code, refuse_code, use_code
from microblog.recovery.errors import WrongCode
from microblog.settings import Rate

RARELY = Rate(3, 1800)  # somebody who mistypes their code has two more tries at once


@dataclass(frozen=True)
class CodeUsed:
    """The account, the number of codes left, and a known-browser token."""

    username: str
    codes_left: int
    browser_token: str


def use_recovery_code(
    context: Context, identifier: str, typed_code: str, password: str, signed_in: Member | None = None
) -> CodeUsed:
    """Set the password of whoever has this username or address and this code, which is used up.

    `signed_in` is who is signed in in this browser; somebody else than the owner is signed out.

    Raises:
        BadCode, PasswordRefused: nobody could have this code; the password can't be chosen.
        WrongCode: name and code do not go together, or the code was used.
        RateLimited: too many tries.
    """
    settings, now = context.settings, context.now
    keys, shortest = settings.keys(PURPOSE), settings.password_min_length
    count_try(context, identifier)
    check_password(password, shortest=shortest, about=[identifier])
    code = read_code(typed_code)
    with context.reading() as session:
        holder = holder_of(session, keys, identifier, code)
    if holder:  # more of whom a password may be about is said only to who has proved to be them
        check_password(password, shortest=shortest, about=[holder.username, holder.email])
    password_hash = hash_password(password)
    if holder is None:
        with context.writing() as session:
            refuse_code(session, settings.keys("events")[0], identifier, now, context.origin)
        raise WrongCode
    with context.writing() as session:
        left = use_code(session, keys, holder, code, password_hash, now, context.origin)
        if signed_in and signed_in.account_id != holder.id:
            sign_out_member(session, signed_in, now, context.origin)
    token = known_browsers(settings).sign(holder.id, password_hash, now)
    return CodeUsed(holder.username, left, token)


def count_try(context: Context, identifier: str) -> None:
    """Count a try. By name it is counted for each client apart, so that no stranger uses up what the owner has."""
    limits, client = context.settings.limits, context.client.key
    per_client = Limit("recovery codes per client", limits.recovery_code_per_client)
    per_name = Limit("recovery codes per name and client", limits.recovery_code_per_identifier)
    per_site = Limit("recovery codes", limits.recovery_code_per_site)
    with context.writing() as session:
        context.spend(session, (per_client, client), (per_name, f"{client} {canonical_identifier(identifier)}"))
        context.spend_for_site(session, per_site, RARELY)

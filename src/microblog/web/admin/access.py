"""Access to /admin: for members whose address is one of ADMINS. Every account's address is confirmed, or an
administrator has vouched for it.

For everybody else nothing under /admin exists: they get what they would get for any address that was never there. A 403
would tell a stranger that there is a door, and a member that somebody else has the key.
"""

from functools import cache

from flask import Flask, abort, request

from microblog.auth import Member
from microblog.mail import canonical_identifier
from microblog.settings import Settings
from microblog.web.current_member import current_member_or_none
from microblog.web.site import this_site


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Hide /admin before anything else about a request is judged: its method, its form, whether there is a page."""
    app.before_request(hide_from_others)
    app.add_template_global(current_member_is_admin, "current_member_is_admin")


def hide_from_others() -> None:
    """Answer as if there were nothing, unless an admin asks."""
    if request.path.lstrip("/").partition("/")[0] == "admin" and not current_member_is_admin():
        abort(404)


def current_member_is_admin() -> bool:
    """Tell whether an admin looks at this page."""
    member = current_member_or_none()
    return member is not None and is_admin(member, this_site().settings.admins)


def is_admin(member: Member, admins: tuple[str, ...]) -> bool:
    """Tell whether a member's address is an admin's, in whatever spelling."""
    return canonical_identifier(member.email) in keys_of(admins)


@cache
def keys_of(admins: tuple[str, ...]) -> frozenset[str]:
    """Return the canonical keys of the admins' addresses; they are settings, and so always the same."""
    return frozenset(canonical_identifier(address) for address in admins)

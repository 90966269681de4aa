"""The account area: its pages require a session."""

from flask import Blueprint, Response, abort

from microblog.identity import Account, get_account
from microblog.web.current_member import ask_to_sign_in, current_member, current_member_or_none
from microblog.web.site import this_site


def area(name: str) -> Blueprint:
    """Make the blueprint of one part of the area. A visitor is asked to sign in, and then led to the page."""
    blueprint = Blueprint(f"account_{name}", __name__, url_prefix="/account")
    blueprint.before_request(members_only)
    return blueprint


def members_only() -> Response | None:
    """Let members in."""
    return None if current_member_or_none() else ask_to_sign_in()


def my_account() -> Account:
    """Return the member's account as it is now."""
    with this_site().database.reading() as db:
        return get_account(db, current_member().account_id) or abort(401)


def my_name() -> str:
    """Return the member's username; nothing where the database, in trouble, cannot tell."""
    member = current_member_or_none()
    return member.username if member else ""

"""The member a page is for, in views that are for members only."""

from typing import cast

from microblog.accounts import Member
from microblog.web.login import viewer


def me() -> Member:
    """Return who is signed in; for views that `login_required` lets nobody else into."""
    return cast("Member", viewer())

"""Addresses of the pages that emails link to, except signed links, which `links` declares."""

from microblog.links import Pages
from microblog.settings import PublicUrl

SIGN_IN = "/login"
FORGOT = "/reset_password_request"
CHECK_EMAIL = "/check-email"
RECOVERY_CODE = "/recovery_code"
RECOVERY_CODES = "/account/recovery-codes"
SECOND_ADDRESS = "/account/second-address"
MEMBER = "/user"
POST = "/post"
EMAIL_CHOICES = "/account/letters"


def quote_last_dot(username: str) -> str:
    """Return a username for the end of an address, with a final dot quoted: mail programs cut it off the link."""
    return username[:-1] + "%2E" if username.endswith(".") else username


def pages_of(site: PublicUrl) -> Pages:
    """Return the addresses for emails, all of them starting at PUBLIC_URL."""
    return Pages(
        home=f"{site}/",
        sign_in=f"{site}{SIGN_IN}",
        forgot=f"{site}{FORGOT}",
        member=lambda username: f"{site}{MEMBER}/{quote_last_dot(username)}",
        post=lambda number: f"{site}{POST}/{number}",
        email_choices=f"{site}{EMAIL_CHOICES}",
    )

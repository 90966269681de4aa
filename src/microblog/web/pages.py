"""Where the pages are that letters link to."""

from microblog.links import Pages
from microblog.settings import PublicUrl

SIGN_IN = "/login"
FORGOT = "/reset_password_request"
RESET = "/reset_password"
NOT_ME = "/not-me"
FINISH_SIGN_UP = "/register/finish"
MEMBER = "/user"
POST = "/post"
LETTERS = "/account/letters"
UNSUBSCRIBE = "/unsubscribe"


def pages_of(site: PublicUrl) -> Pages:
    """Return the addresses for letters, all of them starting at PUBLIC_URL."""
    return Pages(
        home=f"{site}/",
        sign_in=f"{site}{SIGN_IN}",
        forgot=f"{site}{FORGOT}",
        reset=lambda token: f"{site}{RESET}/{token}",
        not_me=lambda token: f"{site}{NOT_ME}/{token}",
        finish_sign_up=lambda token: f"{site}{FINISH_SIGN_UP}/{token}",
        member=lambda username: f"{site}{MEMBER}/{username}",
        post=lambda number: f"{site}{POST}/{number}",
        letters=f"{site}{LETTERS}",
        unsubscribe=lambda token: f"{site}{UNSUBSCRIBE}/{token}",
    )

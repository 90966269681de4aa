"""Where the pages are that letters link to."""

from microblog.links import Pages
from microblog.settings import PublicUrl

SIGN_IN = "/login"
FORGOT = "/reset_password_request"
CHECK_EMAIL = "/check-email"
RESET = "/reset_password"
NOT_ME = "/not-me"
FINISH_SIGN_UP = "/register/finish"
RECOVERY_CODE = "/recovery_code"
RECOVERY_CODES = "/account/recovery-codes"
SECOND_ADDRESS = "/account/second-address"
CONFIRM_SECOND = f"{SECOND_ADDRESS}/confirm"
CHANGE_ADDRESS = "/account/address/confirm"
TAKE_BACK_ADDRESS = "/account/address/back"
CONFIRM = "/account/confirm"
KEEP_ACCOUNT = "/account/keep"
MEMBER = "/user"
POST = "/post"
LETTERS = "/account/letters"
UNSUBSCRIBE = "/unsubscribe"


def whole(username: str) -> str:
    """Return a username as it stands at the end of an address: mail programs leave a dot there out of the link."""
    return username[:-1] + "%2E" if username.endswith(".") else username


def pages_of(site: PublicUrl) -> Pages:
    """Return the addresses for letters, all of them starting at PUBLIC_URL."""
    return Pages(
        home=f"{site}/",
        sign_in=f"{site}{SIGN_IN}",
        forgot=f"{site}{FORGOT}",
        reset=lambda token: f"{site}{RESET}/{token}",
        not_me=lambda token: f"{site}{NOT_ME}/{token}",
        finish_sign_up=lambda token: f"{site}{FINISH_SIGN_UP}/{token}",
        second_address=lambda token: f"{site}{CONFIRM_SECOND}/{token}",
        change_address=lambda token: f"{site}{CHANGE_ADDRESS}/{token}",
        take_back_address=lambda token: f"{site}{TAKE_BACK_ADDRESS}/{token}",
        confirm=lambda token: f"{site}{CONFIRM}/{token}",
        keep_account=lambda token: f"{site}{KEEP_ACCOUNT}/{token}",
        member=lambda username: f"{site}{MEMBER}/{whole(username)}",
        post=lambda number: f"{site}{POST}/{number}",
        letters=f"{site}{LETTERS}",
        unsubscribe=lambda token: f"{site}{UNSUBSCRIBE}/{token}",
    )

"""The password, asked for once more before something grave."""

from wtforms import PasswordField
from wtforms.validators import InputRequired

from microblog.audit import Happened, record
from microblog.auth import WrongPassword, verify_password
from microblog.identity import Account, get_account
from microblog.limits import Limit
from microblog.web.current_member import me
from microblog.web.forms import BaseForm, typed
from microblog.web.origin import origin
from microblog.web.protection.rate_limits import client, spend
from microblog.web.site import this_site

WHERE = "while signed in"


class PasswordForm(BaseForm):
    """A form that asks a member for their password."""

    current_password = PasswordField("Your password", [InputRequired("Please type your password.")])


def proven(form: PasswordForm) -> Account:
    """Return the member's account if its password was typed, counting the try.

    It counts for this login: whoever took it over cannot go on from another network, and others are not kept out.

    Raises:
        WrongPassword: it is another.
        TooManyRequests: it was tried too often.
    """
    member = me()
    return check(member.account_id, typed(form.current_password), f"login {member.login_id}")


def check(account_id: int, password: str, subject: str) -> Account:
    """Return an account if this is its password. Tries are counted for the client and for a subject."""
    site = this_site()
    limits = site.settings.limits
    per_client = Limit("sign-ins per client", limits.sign_in_per_client)
    per_subject = Limit("passwords asked for once more", limits.sign_in_per_identifier)
    with site.database.writing() as db:
        spend(db, (per_client, client()), (per_subject, subject))
        account = get_account(db, account_id)
    if account and verify_password(account.password_hash, password):
        return account
    with site.database.writing() as db:
        if account:
            record(db, account.id, Happened.SIGN_IN_REFUSED, site.now(), origin=origin(), detail=WHERE)
    raise WrongPassword

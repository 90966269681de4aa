"""The current password, asked for once more before something grave: an open browser proves nobody's identity.

It is counted like a sign-in, so that whoever found such a browser, or its cookie, cannot try passwords at leisure.
"""

from flask import abort
from wtforms import StringField

from microblog.accounts import Account, WrongPassword, get_account, verify_password
from microblog.limits import Limit
from microblog.web.forms import typed
from microblog.web.limits import client, spend
from microblog.web.login import viewer
from microblog.web.site import this_site


def checked(password: StringField) -> Account:
    """Return the account of whoever is signed in, if this is its password.

    Tries are counted by member, whatever network they come from: nobody but the member, or a thief, can make any.

    Raises:
        WrongPassword: it is not.
        TooManyRequests: it was tried too often.
    """
    site, member = this_site(), viewer()
    if member is None:
        abort(401)
    limits = site.settings.limits
    per_client = Limit("sign-ins per client", limits.sign_in_per_client)
    per_member = Limit("password checks of a member", limits.sign_in_per_identifier)
    with site.database.writing() as db:
        spend(db, (per_client, client()), (per_member, str(member.account_id)))
    with site.database.reading() as db:
        account = get_account(db, member.account_id)
    if not verify_password(account.password_hash if account else None, typed(password)) or account is None:
        raise WrongPassword
    return account

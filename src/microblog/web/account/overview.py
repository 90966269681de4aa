"""/account: an overview of the account's pages."""

from flask import render_template

from microblog.web.account.area import area, my_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown

blueprint = area("overview")


@blueprint.get("")
def page() -> str:
    """Show whose account this is, and where everything is."""
    return render_template("account/overview.html", account=my_account(), **recovery_cooldown())

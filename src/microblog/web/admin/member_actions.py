"""Administrators' actions on an account, each on a page that says what it does and asks for their own password."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired

from microblog.auth import AccountChanged, Administrator, recovered_lately
from microblog.context import Context
from microblog.identity import Account, BackupEmail, find_anyone
from microblog.mail import canonical_identifier, parse_address
from microblog.moderation import deactivate, reactivate, sign_out_everywhere
from microblog.recovery import end_recovery_codes, remove_backup_email, set_email
from microblog.web.account.area import my_account
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.fields import valid_address
from microblog.web.forms import FormPage, answers, plain_text, typed
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context

log = logging.getLogger(__name__)
blueprint = Blueprint("admin_member_actions", __name__, url_prefix="/admin")

Change = Callable[[Context, Administrator, str], AccountChanged[Any]]
"""Change the account with this username, for an administrator."""


@dataclass(frozen=True)
class MemberAction:
    """An action: its words, and its use case."""

    title: str
    about: str
    done: str
    change: Change | None = None
    """None where more has to be typed than the administrator's password."""


SET_EMAIL = MemberAction(
    "Set email address",
    "You vouch that the new address is theirs: nobody confirms it. Everybody is signed out of the account, and no link "
    "that was sent before leads into it any more. The password stays as it is.",
    "The email address of {} was set.",
)
ACTIONS = {
    "set-email": SET_EMAIL,
    "remove-backup-email": MemberAction(
        "Remove backup email",
        "No more emails about the account go there, and nobody can choose a new password by it. Links to choose a new "
        "password that were sent before no longer work.",
        "The backup email of {} was removed.",
        remove_backup_email,
    ),
    "end-recovery-codes": MemberAction(
        "End recovery codes",
        "None of the codes opens the account any more. The member can make new ones.",
        "The recovery codes of {} were ended.",
        end_recovery_codes,
    ),
    "sign-out": MemberAction(
        "Sign out everywhere",
        "Every session of the account ends. Whoever knows the password can sign in again.",
        "{} was signed out everywhere.",
        sign_out_everywhere,
    ),
    "deactivate": MemberAction(
        "Deactivate",
        "Nobody can sign in, others do not see the account, and links that were sent before no longer work. Nothing is "
        "deleted, and a deletion that its owner asked for is cancelled.",
        "{} was deactivated.",
        deactivate,
    ),
    "reactivate": MemberAction(
        "Reactivate",
        "The member can sign in again, with the password they had.",
        "{} was reactivated.",
        reactivate,
    ),
}


class ActionForm(PasswordForm):
    """Do something to an account."""


class EmailForm(PasswordForm):
    """Set the email address of an account."""

    email = StringField("New email address", [InputRequired("Please type the new address."), plain_text, valid_address])


PAGE = FormPage("admin/member_action.html", ActionForm)
EMAIL_PAGE = FormPage("admin/member_action.html", EmailForm)


def possible_actions(account: Account, backup: BackupEmail | None, codes: int, sessions: int) -> list[str]:
    """Return the names of what there is to do for an account."""
    there = {
        "remove-backup-email": backup is not None,
        "end-recovery-codes": codes > 0,
        "sign-out": sessions > 0,
        "deactivate": account.deactivated_at is None,
        "reactivate": account.deactivated_at is not None,
    }
    return [name for name in ACTIONS if there.get(name, True)]


def page_facts() -> dict[str, Any]:
    """Return the account and the action that the address names, and whether the administrator has to wait."""
    given = request.view_args or {}
    action = ACTIONS.get(given.get("action", "set-email")) or abort(404)
    with this_site().database.reading() as db:
        account = account_or_404(db, given["username"])
    return {"account": account, "action": action, "wait": recovered_lately(my_account(), this_site().now())}


def account_or_404(db: Session, username: str) -> Account:
    """Return the account that the address names, or abort with 404."""
    return find_anyone(db, canonical_identifier(username)) or abort(404)


@blueprint.get("/members/<username>/set-email")
def email_page(username: str) -> Response:  # noqa: ARG001 - `page_facts` reads it
    """Show the form for another address."""
    return EMAIL_PAGE.show(EmailForm(), **page_facts())


@blueprint.post("/members/<username>/set-email")
@answers(EMAIL_PAGE, page_facts)
def email(form: EmailForm, username: str) -> Response:
    """Set the address."""
    address = parse_address(typed(form.email))

    def change(here: Context, administrator: Administrator, named: str) -> AccountChanged[str]:
        return set_email(here, administrator, named, address)

    return change_and_answer(form, username, "set-email", change)


@blueprint.get("/members/<username>/<action>")
def page(username: str, action: str) -> Response:  # noqa: ARG001 - `page_facts` reads them
    """Say what an action does, and show the button."""
    return PAGE.show(ActionForm(), **page_facts())


@blueprint.post("/members/<username>/<action>")
@answers(PAGE, page_facts)
def act(form: ActionForm, username: str, action: str) -> Response:
    """Do it."""
    change = ACTIONS[action].change if action in ACTIONS else None
    return change_and_answer(form, username, action, change or abort(404))


def change_and_answer(form: PasswordForm, username: str, action: str, change: Change) -> Response:
    """Change an account for an administrator who typed their own password, and say so on its page."""
    administrator = verified_account(form)
    done = change(context(), Administrator(administrator.username, administrator), username)
    log.info("%s of account id=%s by account id=%s", action, done.account_id, administrator.id)
    flash(ACTIONS[action].done.format(done.username), "success")
    return see_other(url_for("admin_members.member", username=done.username))

"""/account/confirm: the link that confirms a sensitive action within a day of a recovery."""

from typing import Any

from flask import Response

from microblog.auth import CONFIRM_LINK, OpenedConfirmation, confirm_action, open_confirmation
from microblog.web.contact.change_address import MOVE
from microblog.web.emailed_actions import LinkPage
from microblog.web.forms import BaseForm, FormPage
from microblog.web.personal_data.delete import DELETE
from microblog.web.personal_data.download import DOWNLOAD
from microblog.web.use_cases import context
from microblog.words import action_text

ACTIONS = {sensitive.action: sensitive for sensitive in (MOVE, DOWNLOAD, DELETE)}


class ConfirmForm(BaseForm):
    """The button."""


def facts(opened: OpenedConfirmation) -> dict[str, Any]:
    """Return what the page shows: what was asked for, and what the button says."""
    button = ACTIONS[opened.action].button.format(opened.asked.wanted)
    return {"asked": opened.asked, "account": opened.account, "words": action_text(opened.action), "button": button}


def press(form: ConfirmForm, opened: OpenedConfirmation) -> Response:  # noqa: ARG001 - every page is answered so
    """Do what was asked for, once."""
    sensitive = ACTIONS[opened.action]
    account = confirm_action(context(), opened, sensitive.perform)
    return sensitive.answer(account)


PAGE = LinkPage(
    CONFIRM_LINK,
    "confirm",  # its link stays in the session while its reader signs in: see current_member.KEPT
    FormPage("account/confirm.html", ConfirmForm),
    open_confirmation,
    facts,
    press,
    "account/link_over.html",
    other_account="account/confirm_other.html",
)

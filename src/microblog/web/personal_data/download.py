"""/account/download: everything the account holds, as one file."""

from flask import Response, abort, url_for
from sqlalchemy.orm import Session

from microblog.audit import Happened, record
from microblog.auth import Action
from microblog.identity import Account, get_account
from microblog.personal_data import export
from microblog.web.account.area import area
from microblog.web.auth.reauthentication import PasswordForm, proven
from microblog.web.auth.recovery_cooldown import wary
from microblog.web.auth.sensitive_actions import Deed, do_or_ask
from microblog.web.forms import FormPage, answers
from microblog.web.origin import origin
from microblog.web.personal_data.data_providers import PARTS
from microblog.web.protection.repeated_posts import answer_is_made_again, made_again
from microblog.web.site import this_site

blueprint = area("download")

DOWNLOADED = "download"


class DownloadForm(PasswordForm):
    """Download everything."""


PAGE = FormPage("account/download.html", DownloadForm)


@blueprint.get("/download")
def page() -> Response:
    """Show the form."""
    return PAGE.show(DownloadForm(), **wary())


@blueprint.post("/download")
@answers(PAGE, wary)
def download(form: DownloadForm) -> Response:
    """Send the file to whoever typed the password."""
    return do_or_ask(DOWNLOAD, proven(form))


def note(db: Session, account: Account, wanted: str) -> None:  # noqa: ARG001 - every deed is done so
    """Note that the file was asked for; it is made while it is sent."""
    record(db, account.id, Happened.EXPORTED, this_site().now(), origin=origin())


def send(account: Account) -> Response:
    """Send the file, a little at a time."""
    answer_is_made_again(DOWNLOADED, account.id)
    return file_of(account)


@made_again(DOWNLOADED)
def send_again(account_id: int) -> Response:
    """Send it to whoever pressed twice: browsers stay on the page while they save a file."""
    with this_site().database.reading() as db:
        return file_of(get_account(db, account_id) or abort(404))


def file_of(account: Account) -> Response:
    """Return the file as it is made."""
    made = Response(export(this_site().database, account.id, PARTS), content_type="application/json; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="microblog-{account.username}.json"'
    return made


DOWNLOAD = Deed(Action.DOWNLOAD, "Download everything", note, send, lambda: url_for("account_download.page"))

"""/account/download: everything the account holds, as one file."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from microblog.accounts import Account, Action, Happened, export, record
from microblog.web.account.area import area
from microblog.web.account.deeds import Deed, do_or_ask
from microblog.web.account.proof import PasswordForm, proven
from microblog.web.account.rooms import PARTS
from microblog.web.account.wary import wary
from microblog.web.forms import FormPage, answers
from microblog.web.origin import origin
from microblog.web.site import this_site

blueprint = area("download")


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
    made = Response(export(this_site().database, account.id, PARTS), content_type="application/json; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="microblog-{account.username}.json"'
    return made


DOWNLOAD = Deed(Action.DOWNLOAD, "Download everything", note, send, lambda: url_for("account_download.page"))

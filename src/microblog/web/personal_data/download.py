"""/account/download: everything the account holds, as one file."""

from flask import Response, abort, url_for

from microblog.auth import Action
from microblog.identity import Account, get_account
from microblog.personal_data import export, record_export, request_export
from microblog.web.account.area import area
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown
from microblog.web.auth.sensitive_actions import SensitiveAction
from microblog.web.forms import FormPage, answers
from microblog.web.personal_data.data_providers import EXPORTERS
from microblog.web.protection.repeated_posts import answer_is_made_again, made_again
from microblog.web.site import this_site
from microblog.web.use_cases import context

blueprint = area("download")

DOWNLOADED = "download"


class DownloadForm(PasswordForm):
    """Download everything."""


PAGE = FormPage("account/download.html", DownloadForm)


@blueprint.get("/download")
def page() -> Response:
    """Show the form."""
    return PAGE.show(DownloadForm(), **recovery_cooldown())


@blueprint.post("/download")
@answers(PAGE, recovery_cooldown)
def download(form: DownloadForm) -> Response:
    """Send the file to whoever typed the password."""
    return DOWNLOAD.answer_outcome(request_export(context(), verified_account(form)))


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
    made = Response(export(this_site().database, account.id, EXPORTERS), content_type="application/json; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="microblog-{account.username}.json"'
    return made


DOWNLOAD = SensitiveAction(
    Action.DOWNLOAD, "Download everything", record_export, send, lambda: url_for("account_download.page")
)

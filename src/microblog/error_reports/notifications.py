"""Queue the two emails to the admins: an error happened; and, now and then, which ones went on."""

import os
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from microblog import __version__
from microblog.error_reports.emails.error_report import ERROR_REPORT, ErrorHappened
from microblog.error_reports.emails.more_errors import MORE_ERRORS, ErrorsWentOn, RecurringError
from microblog.error_reports.faults import Fault
from microblog.error_reports.models import ErrorReport
from microblog.error_reports.occurrences import occurrences_of
from microblog.mail import queue, waiting_payload


def notify_of_error(
    session: Session, admins: Iterable[str], fault: Fault, where: str, report: ErrorReport, now: datetime
) -> None:
    """Email the admins about an error. An email about the same one that hasn't left yet gives way to this."""
    error = ErrorHappened(
        title=fault.title,
        where=where,
        traceback=fault.traceback,
        process=f"{os.getpid()} on {socket.gethostname()}, Microblog {__version__}",
        at=now,
        occurrences=occurrences_of(report),
    )
    for admin in admins:
        queue(session, ERROR_REPORT, to=admin, payload=error, now=now, key=f"error {fault.key} {admin}")


def notify_of_recurring_errors(
    session: Session, admins: Iterable[str], reports: Sequence[ErrorReport], now: datetime
) -> None:
    """Email the admins which errors went on, in one email, which takes over from one that hasn't left yet."""
    errors = {report.key: RecurringError(report.key, occurrences_of(report), report.last_at) for report in reports}
    for admin in admins:
        key = f"errors {admin}"
        waiting = waiting_payload(session, MORE_ERRORS, key)
        all_errors = {error.key: error for error in waiting.errors} | errors if waiting else errors
        newest_first = sorted(all_errors.values(), key=lambda error: error.last_at, reverse=True)
        queue(session, MORE_ERRORS, to=admin, payload=ErrorsWentOn(tuple(newest_first)), now=now, key=key)

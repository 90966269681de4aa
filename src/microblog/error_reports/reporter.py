"""Reporting: into the log, always, and to the admins by email, with as many emails as a person can read.

Equal errors are gathered in a table that all processes share: one email at once, then at most one an hour with the
count. Different ones share an allowance. What finds no email of its own waits for the hourly email about errors that
went on. An email that is still in the outbox gives way to a newer one about the same, so that a mail server that is
down for days finds no pile when it is back.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from microblog.clock import Clock
from microblog.db import Database
from microblog.error_reports.counting import count_error, is_due, lock_untold, mark_told
from microblog.error_reports.emails.error_report import ERROR_REPORT
from microblog.error_reports.emails.more_errors import MORE_ERRORS
from microblog.error_reports.faults import Fault, describe
from microblog.error_reports.notifications import notify_of_error, notify_of_recurring_errors
from microblog.limits import Limit, Limits
from microblog.log import log_traceback
from microblog.redaction import BY_ITS_LOOKS, Redactor
from microblog.settings import Rate, Settings

log = logging.getLogger(__name__)

DIFFERENT = Limit("letters about errors", Rate(10, 3600))  # ten at once, and never more than twenty in any hour
MORE = Limit("letters about errors that went on", Rate(1, 1800))  # though several workers look for them


class ErrorReporter:
    """Tells of errors. Whatever goes wrong with that is one line in the log, and never an error of its own."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database.with_short_timeouts()
        self._clock = clock
        self._admins = tuple(dict.fromkeys(settings.admins))
        self._secrets = settings.secrets
        self._limits = Limits(settings.keys("limits")[0])

    def describe(self, error: BaseException, private: Iterable[str] = ()) -> Fault:
        """Describe an error without what the settings keep secret and without `private` values: what a person typed."""
        return describe(error, Redactor([*private, *self._secrets]))

    def report(self, error: Exception, where: str, private: Iterable[str] = ()) -> None:
        """Log an error and tell the admins, without what the settings keep secret and without `private` values.

        Takes one short transaction of its own. The caller's must be over: on SQLite its lock would be in the way.
        """
        where = BY_ITS_LOOKS.hide(where)
        try:
            fault = self.describe(error, private)
            log_traceback(log, f"unhandled error, {where}", fault.traceback)
            if self._admins and not is_about_itself(where):
                self._tell(fault, where)
        except Exception as trouble:  # noqa: BLE001 - reporting that one as well could go on for ever
            said = BY_ITS_LOOKS.hide(str(getattr(trouble, "orig", trouble)))
            words = f"{type(trouble).__name__}: {said}"
            log.error("the admins could not be told of an error (%s, %s): %s", type(error).__name__, where, words)  # noqa: TRY400 - one line

    def remind(self, now: datetime) -> None:
        """Tell the admins of errors that went on since they were told, or that never were."""
        with self._database.writing() as session:
            reports = lock_untold(session, now) if self._admins else []
            if reports and self._limits.spend(session, MORE, "all", now).allowed:
                notify_of_recurring_errors(session, self._admins, reports, now)
                mark_told(reports, now)

    def _tell(self, fault: Fault, where: str) -> None:
        now = self._clock()
        with self._database.writing() as session:
            report = count_error(session, fault.key, now)
            if is_due(report.told_at, now) and self._limits.spend(session, DIFFERENT, "all", now).allowed:
                notify_of_error(session, self._admins, fault, where, report, now)
                mark_told([report], now)


def is_about_itself(where: str) -> bool:
    """Tell whether it was an email about an error that failed: another one would fail the same way, and so on."""
    return any(f"kind={kind.name}" in where for kind in (ERROR_REPORT, MORE_ERRORS))

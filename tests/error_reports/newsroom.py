"""A reporter for tests, errors for it to tell of, and a look at what it told."""

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from microblog.db import Database
from microblog.error_reports import ErrorReporter
from microblog.error_reports.emails.error_report import ERROR_REPORT
from microblog.error_reports.emails.more_errors import MORE_ERRORS
from microblog.error_reports.models import ErrorReport
from microblog.mail import Email, EmailType
from microblog.settings import load
from support.clock import HeldClock

ADMINS = ("root@blog.example", "alice@blog.example")


@dataclass
class Newsroom:
    """A database with a reporter that has two admins to tell."""

    database: Database
    clock: HeldClock
    folder: Path
    admins: str = ",".join(ADMINS)
    reporter: ErrorReporter = field(init=False)

    def __post_init__(self) -> None:
        settings = load({"MICROBLOG_DATA": str(self.folder), "ADMINS": self.admins})
        self.reporter = ErrorReporter(self.database, settings, self.clock)

    def another(self) -> ErrorReporter:
        """Return the reporter of one more process, a patient one: on a slow computer a crowd takes its time."""
        made = copy(self.reporter)
        made._database = self.database
        return made

    def happens(self, name: str = "a", times: int = 1, where: str = "GET /index") -> None:
        """Let one of many different errors happen."""
        for _ in range(times):
            self.reporter.report(error_called(name), where)

    def posted(self, email_type: EmailType[Any, Any] = ERROR_REPORT, to: str = ADMINS[0]) -> list[Email]:
        """Return the letters to an admin, oldest first."""
        with self.database.reading() as session:
            mine = select(Email).where(Email.kind == email_type.name, Email.to == to).order_by(Email.id)
            return list(session.scalars(mine))

    def more(self) -> list[Email]:
        """Return the letters about errors that went on."""
        return self.posted(MORE_ERRORS)

    def rows(self) -> dict[str, ErrorReport]:
        """Return what is known of each error, by its class."""
        with self.database.reading() as session:
            return {row.key.split()[0]: row for row in session.scalars(select(ErrorReport))}


def error_called(name: str) -> Exception:
    """Raise and return an error of a class of its own, so that it is another one."""
    kind = type(name, (Exception,), {})
    error: Exception = kind("what it says varies")
    with suppress(kind):
        raise error
    return error


def all_of(act: Callable[[str], object], names: str) -> None:
    """Do something for each of many names, one letter each."""
    for name in names:
        act(name)

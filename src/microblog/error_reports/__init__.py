"""Errors of our own reach the admins by letter, equal ones gathered, and nothing secret in them."""

from microblog.error_reports.letters import ERROR_LETTER, MORE_LETTER, ErrorLetters, MoreLetters
from microblog.error_reports.models import ErrorReport
from microblog.error_reports.reporter import ErrorReporter
from microblog.error_reports.samples import samples

__all__ = [
    "ERROR_LETTER",
    "MORE_LETTER",
    "ErrorLetters",
    "ErrorReport",
    "ErrorReporter",
    "MoreLetters",
    "samples",
]

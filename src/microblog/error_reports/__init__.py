"""Reports of unexpected errors to the administrators, by email: grouped, and without secrets."""

from microblog.error_reports.reporter import ErrorReporter

__all__ = ["ErrorReporter"]

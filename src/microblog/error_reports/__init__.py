"""Errors of our own reach the admins by email, equal ones gathered, and nothing secret in them."""

from microblog.error_reports.reporter import ErrorReporter

__all__ = ["ErrorReporter"]

"""Hiding what nobody else may read: in logs, in emails about errors, in what mail servers say."""

from microblog.redaction.mail import hide_login, redact_line
from microblog.redaction.secrets import BY_ITS_LOOKS, HIDDEN, Redactor

__all__ = ["BY_ITS_LOOKS", "HIDDEN", "Redactor", "hide_login", "redact_line"]

"""Hiding what nobody else may read: in logs, in emails about errors, in what mail servers say."""

from microblog.redaction.mail import harmless, hide_login, hide_tokens
from microblog.redaction.secrets import BY_ITS_LOOKS, HIDDEN, Redactor

__all__ = ["BY_ITS_LOOKS", "HIDDEN", "Redactor", "harmless", "hide_login", "hide_tokens"]

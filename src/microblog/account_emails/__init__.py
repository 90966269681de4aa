"""Emails about an account."""

from microblog.account_emails.notices import notice_writers
from microblog.account_emails.own_letters import own_writers
from microblog.account_emails.samples import samples

__all__ = ["notice_writers", "own_writers", "samples"]

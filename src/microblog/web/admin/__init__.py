"""Pages for administrators."""

from microblog.web.admin import access, events, mail, member_actions, members, sample_emails

__all__ = ["access", "events", "mail", "member_actions", "members", "sample_emails"]

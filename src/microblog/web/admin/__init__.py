"""Pages for whoever runs the site."""

from microblog.web.admin import access, events, letters, mail, member_actions, members

__all__ = ["access", "events", "letters", "mail", "member_actions", "members"]

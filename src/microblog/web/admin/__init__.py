"""Pages for whoever runs the site."""

from microblog.web.admin import access, events, letters, mail

__all__ = ["access", "events", "letters", "mail"]

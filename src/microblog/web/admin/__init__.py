"""Pages for whoever runs the site."""

from microblog.web.admin import access, letters, mail

__all__ = ["access", "letters", "mail"]

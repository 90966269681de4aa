"""Links in emails: declared once each, signed and read in one place."""

from microblog.links.declaration import EmailedAction, EmailedLink, Needs
from microblog.links.errors import LinkProblem, LinkRefused
from microblog.links.links import GenuineLink, Links
from microblog.links.pages import Pages
from microblog.links.tokens import SAMPLE_TOKEN

__all__ = [
    "SAMPLE_TOKEN",
    "EmailedAction",
    "EmailedLink",
    "GenuineLink",
    "LinkProblem",
    "LinkRefused",
    "Links",
    "Needs",
    "Pages",
]

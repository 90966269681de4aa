"""Links as they are once their signature was verified, for tests of what follows."""

from datetime import datetime

from microblog.links import EmailedLink, GenuineLink, Links
from microblog.settings import load

LINKS = Links(load({"MICROBLOG_DATA": "/nowhere", "SECRET_KEY": "x" * 40}))


def genuine_link(declared: EmailedLink, subject: int, *bound_to: object, expires: datetime) -> GenuineLink:
    """Return a link of a site of its own."""
    return LINKS.read(declared, LINKS.sign(declared, subject, *bound_to, expires=expires))

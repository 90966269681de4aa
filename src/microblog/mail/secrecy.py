"""Taking the login out of what a mail server said: some repeat what they did not understand, in base64 or not."""

import os
import re
from base64 import b64encode

from microblog.settings import MailSettings


def masked(text: str, settings: MailSettings) -> str:
    """Return a text without the password, in none of the forms in which it is sent."""
    if not settings.password:
        return text
    plain, password = (os.fsencode(form) for form in (f"\0{settings.username}\0{settings.password}", settings.password))
    forms = (encoded(plain), encoded(password), settings.password)
    return re.sub("|".join(re.escape(form) + "=*" for form in forms), "<password>", text, flags=re.IGNORECASE)


def encoded(octets: bytes) -> str:
    """Return octets as AUTH sends them (RFC 4954), without the padding."""
    return b64encode(octets).decode().rstrip("=")

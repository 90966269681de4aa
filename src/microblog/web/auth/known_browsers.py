"""Browsers that an account's owner signed in with before: whoever guesses elsewhere does not use up their tries.

After a sign-in or a reset the browser is given a token for that account, in a cookie of its own. It opens nothing. It
says that tries to sign in from here are counted by themselves (OWASP: device cookies), so that no stranger, however
many addresses they have, can keep the owner out. It ends after half a year, and with any change of the password, so
that whoever was in before is a stranger again.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, Response, after_this_request, current_app, request

from microblog.identity import Account
from microblog.settings import Settings
from microblog.web.site import this_site

PURPOSE = "known_browser"
KNOWN_BROWSERS = "microblog known browsers"  # our entry among the app's extensions
LASTS = timedelta(days=180)
MOST = 4  # accounts one browser may be known to
NONCE, ENDS, MAC = 16, 6, 32  # octets
LENGTH = (NONCE + ENDS + MAC) * 8 // 6  # characters of a token; a whole number, so that there is no padding
NOBODY = (0, "")


@dataclass(frozen=True)
class KnownBrowsers:
    """Makes and finds the tokens. The first key signs, all verify. To the reader of a cookie they are random."""

    keys: tuple[bytes, ...]
    site: str
    cookie: str
    secure: bool

    def sign(self, account_id: int, password_hash: str, now: datetime) -> str:
        """Return a new token for an account as it is now."""
        head = secrets.token_bytes(NONCE) + int((now + LASTS).timestamp()).to_bytes(ENDS, "big")
        return urlsafe_b64encode(head + self._mac(self.keys[0], head, account_id, password_hash)).decode()

    def find(self, tokens: list[str], account: Account | None, now: datetime) -> str:
        """Return the nonce of the token that is this account's; empty where there is none. As much work for nobody."""
        found = ""
        for token in tokens:
            raw = decoded(token)
            head, mac = raw[: NONCE + ENDS], raw[NONCE + ENDS :]
            whose = (account.id, account.password_hash) if account else NOBODY
            genuine = any([hmac.compare_digest(mac, self._mac(key, head, *whose)) for key in self.keys])  # noqa: C419 - compare with all of them
            ends, today = int.from_bytes(head[NONCE:], "big"), now.timestamp()
            if genuine and account and today < ends <= today + 2 * LASTS.total_seconds():
                found = head[:NONCE].hex()
        return found

    def _mac(self, key: bytes, head: bytes, account_id: int, password_hash: str) -> bytes:
        return hmac.digest(key, repr((self.site, account_id, password_hash, head)).encode(), "sha256")


def init_app(app: Flask, settings: Settings) -> None:
    """Give the site its known browsers."""
    cookie = "microblog-known" if settings.trial else "__Host-microblog-known"
    known = KnownBrowsers(settings.keys(PURPOSE), str(settings.public_url), cookie, secure=not settings.trial)
    app.extensions[KNOWN_BROWSERS] = known


def known_browsers() -> KnownBrowsers:
    """Return those of this request's site."""
    return cast("KnownBrowsers", current_app.extensions[KNOWN_BROWSERS])


def known_here(account: Account | None) -> str:
    """Return what this browser's tries for an account are counted by; empty where the browser is not known to it."""
    return known_browsers().find(tokens_here(), account, this_site().now())


def remember_browser(account_id: int, password_hash: str) -> None:
    """Let the answer to this request make its browser known to an account, whose owner has just shown to be here."""
    ours, now = known_browsers(), this_site().now()
    kept = [ours.sign(account_id, password_hash, now), *tokens_here()][:MOST]

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            ours.cookie, ".".join(kept), max_age=LASTS, secure=ours.secure, httponly=True, samesite="Strict"
        )
        return response


def tokens_here() -> list[str]:
    """Return the tokens this browser has, whosever they are."""
    cookie = request.cookies.get(known_browsers().cookie, "")
    if len(cookie) > MOST * (LENGTH + 1):
        return []
    return [token for token in cookie.split(".") if len(token) == LENGTH]


def decoded(token: str) -> bytes:
    """Return what a token says; nothing where it is none."""
    try:
        return urlsafe_b64decode(token)
    except ValueError:
        return b""

"""Known browsers: an owner's earlier browsers have attempts of their own, which guessing elsewhere cannot use up.

After a sign-in or a reset the browser is given a token for that account. It opens nothing. It says that tries to sign
in from there are counted by themselves (OWASP: device cookies), so that no stranger, however many addresses they have,
can keep the owner out. It ends after half a year, and with any change of the password, so that whoever was in before is
a stranger again.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.identity import Account
from microblog.settings import Settings

PURPOSE = "known_browser"
LASTS = timedelta(days=180)
NONCE, ENDS, MAC = 16, 6, 32  # octets
LENGTH = (NONCE + ENDS + MAC) * 8 // 6  # characters of a token; a whole number, so that there is no padding
NOBODY = (0, "")


@dataclass(frozen=True)
class KnownBrowsers:
    """Signs and finds the tokens. The first key signs, all verify. To whoever reads one it is random."""

    keys: tuple[bytes, ...]
    site: str

    def sign(self, account_id: int, password_hash: str, now: datetime) -> str:
        """Return a new token for an account as it is now."""
        head = secrets.token_bytes(NONCE) + int((now + LASTS).timestamp()).to_bytes(ENDS, "big")
        return urlsafe_b64encode(head + self._mac(self.keys[0], head, account_id, password_hash)).decode()

    def find(self, tokens: Iterable[str], account: Account | None, now: datetime) -> str:
        """Return the nonce of the token that is this account's; empty where there is none. As much work for nobody."""
        found = ""
        for token in tokens:
            raw = decode(token)
            head, mac = raw[: NONCE + ENDS], raw[NONCE + ENDS :]
            whose = (account.id, account.password_hash) if account else NOBODY
            genuine = any([hmac.compare_digest(mac, self._mac(key, head, *whose)) for key in self.keys])  # noqa: C419 - compare with all of them
            ends, today = int.from_bytes(head[NONCE:], "big"), now.timestamp()
            if genuine and account and today < ends <= today + 2 * LASTS.total_seconds():
                found = head[:NONCE].hex()
        return found

    def _mac(self, key: bytes, head: bytes, account_id: int, password_hash: str) -> bytes:
        return hmac.digest(key, repr((self.site, account_id, password_hash, head)).encode(), "sha256")


def known_browsers(settings: Settings) -> KnownBrowsers:
    """Return the signer and finder of this site's tokens."""
    return KnownBrowsers(settings.keys(PURPOSE), str(settings.public_url))


def decode(token: str) -> bytes:
    """Return the octets of a token; none where it is no token."""
    try:
        return urlsafe_b64decode(token)
    except ValueError:
        return b""

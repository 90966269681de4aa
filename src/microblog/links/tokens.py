"""Signed links: JSON Web Tokens (RFC 7519, HS256) that are good for one purpose, on one site, until something changes.

A token is made single-use without a table by binding it to the state it acts on: a keyed fingerprint of, say, the
password hash. When that state changes the token is dead, however long it would have lived.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

ALGORITHM = "HS256"
HEADER = {"alg": ALGORITHM, "typ": "JWT"}
SAMPLE_TOKEN = ("this-is-a-sample-and-opens-nothing-" * 8)[:250]  # as long as ours, for emails that are only previewed
LONGEST = 1000  # characters; ours have under 300
COMPACT = re.compile(
    r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
)  # RFC 7515 section 3.1: no padding, nothing else


class NotGenuine(Exception):  # noqa: N818 - says what the link is
    """The token was not made by this site for this purpose, or was altered on its way."""


@dataclass(frozen=True)
class TokenClaims:
    """The claims of a valid token: its subject, when it expires, and a fingerprint of the state it is bound to."""

    subject: int
    expires: datetime
    state: str

    def over(self, now: datetime, lifetime: timedelta) -> bool:
        """Return True if a token with this lifetime has expired.

        One that would live for twice as long was made by a clock that was ahead, and is not trusted to.
        """
        return not now < self.expires <= now + 2 * lifetime


class LinkSigner:
    """Signs and verifies the tokens of one purpose. The first key signs; all verify, so that keys can be changed."""

    def __init__(self, purpose: str, site: str, keys: tuple[bytes, ...]) -> None:
        self._purpose = purpose
        self._site = site
        self._keys = keys

    def sign(self, subject: int, *state: object, expires: datetime) -> str:
        """Make a token for a subject, bound to its present state. `expires` is rounded down to the second."""
        claims = {
            self._purpose: subject,
            "exp": int(expires.timestamp()),
            "iss": self._site,
            "aud": self._purpose,
            "state": fingerprint(self._keys[0], subject, *state),
        }
        return jwt.encode(claims, self._keys[0], ALGORITHM)

    def read(self, token: str) -> TokenClaims:
        """Verify all of a token but its age, which is the caller's to judge by its own clock.

        Raises:
            NotGenuine: whatever is wrong with it. A stranger learns no more than that.
        """
        if len(token) > LONGEST or not COMPACT.fullmatch(token):
            raise NotGenuine
        for key in self._keys:
            try:
                return self._verified(token, key)
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError, OSError) as error:
                raise NotGenuine from error
        raise NotGenuine

    def matches(self, claims: TokenClaims, *state: object) -> bool:
        """Return True if the state a token was bound to is unchanged."""
        present = [fingerprint(key, claims.subject, *state) for key in self._keys]
        return any([hmac.compare_digest(claims.state, one) for one in present])  # noqa: C419 - compare with all of them

    def _verified(self, token: str, key: bytes) -> TokenClaims:
        if jwt.get_unverified_header(token) != HEADER:  # no kid, jku or jwk may name another key
            raise NotGenuine
        found = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._purpose,
            issuer=self._site,
            options={"require": ["exp", "aud", "iss", "state", self._purpose], "verify_exp": False},
        )
        subject, ends, state = found[self._purpose], found["exp"], found["state"]
        if type(subject) is not int or type(ends) is not int or not isinstance(state, str):
            raise NotGenuine
        return TokenClaims(subject, datetime.fromtimestamp(ends, UTC), state)


def fingerprint(key: bytes, *state: object) -> str:
    """Return 128 bits that tell whether the state is the same, and nothing else about it."""
    digest = hmac.digest(key, repr(state).encode(), "sha256")
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")

"""The session cookie, timestamped by the site's clock, which all hosts share; their own may be minutes apart."""

from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from microblog.clock import Clock
from microblog.settings import Settings
from microblog.web.protection.repeated_posts import note_renewal, settle_press
from microblog.web.site import NAME, Site


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Let sessions follow the site's clock."""
    app.session_interface = SharedSessions(cast("Site", app.extensions[NAME]).clock)


class SharedSessions(SecureCookieSessionInterface):
    """Flask's own sessions; only the time they are signed at and judged by comes from elsewhere."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._serializer: URLSafeTimedSerializer | None = None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save it, and then the whole answer, for a second press of the same button."""
        note_renewal(session, response)
        super().save_session(app, session, response)
        settle_press(response)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return Flask's serializer, with our signer in it; made once, for the keys stay the same while we run."""
        if self._serializer is None and (serializer := super().get_signing_serializer(app)):
            serializer.signer = ClockSigner
            serializer.signer_kwargs["clock"] = self._clock
            self._serializer = serializer
        return self._serializer


class ClockSigner(TimestampSigner):
    """Signs with the time of a given clock."""

    def __init__(self, *keys: Any, clock: Clock, **how: Any) -> None:  # noqa: ANN401 - as itsdangerous has them
        super().__init__(*keys, **how)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Return the present moment in whole seconds."""
        return int(self._clock().timestamp())

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:  # noqa: ANN401
        """Check signature and age. itsdangerous refuses a time that has not come yet, and signs everybody out by it.

        Such a time is no forgery, for the signature is good; it is a clock that was ahead, or was since set back. It is
        trusted for as long as any other.

        Raises:
            BadSignature: for a wrong one; SignatureExpired, a kind of it, for one older than `max_age` seconds.
        """
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and abs(self._clock() - signed_at) > timedelta(seconds=max_age):
            raise SignatureExpired("signed too long ago", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value

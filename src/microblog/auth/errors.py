"""What this room refuses. Each message is a sentence for the person who asked."""

from datetime import datetime

from microblog.refusals import Refusal


class PasswordRefused(Refusal):
    """The password is too short, too long or too easy to guess; the message says how to do better."""


class WrongCredentials(Refusal):
    """No account goes with that name and password; which of the two was wrong is not said."""

    def __init__(self) -> None:
        super().__init__("That name and password do not go together. Please check both and try again.")


class PasswordChanged(WrongCredentials):
    """The password, or only its hash, was changed between checking it and signing in."""


class WrongPassword(Refusal):
    """Somebody signed in was asked for their password once more, and typed another."""

    def __init__(self) -> None:
        super().__init__("That is not your password. Please try again.")


class RecoveredLately(Refusal):
    """A grave change within a day of a recovery, which may have been somebody else's."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "This account got a new password less than a day ago, without the one before it. "
            f"For your safety, this works again from {until:%H:%M UTC on %-d %B}."
        )


class NoSuchLogin(Refusal):
    """The member has no login with that number."""

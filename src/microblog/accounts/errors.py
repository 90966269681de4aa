"""What this room refuses. Each message is a sentence for the person who asked."""


class Refusal(Exception):  # noqa: N818 - an expected outcome, not a fault
    """Something a person asked for and cannot have, with the reason in their words."""


class BadUsername(Refusal):
    """What was typed cannot be a username."""


class UsernameTaken(Refusal):
    """Somebody else has that username."""

    def __init__(self, username: str) -> None:
        super().__init__(f"The username {username} is taken. Please choose another.")


class TooManyUsernames(Refusal):
    """All the former usernames of one member stay reserved, so they cannot be many."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have had {most} other usernames, which is as many as one can. You can still go back to one of those."
        )


class PasswordRefused(Refusal):
    """The password is too short, too long or too easy to guess; the message says how to do better."""


class WrongCredentials(Refusal):
    """No account goes with that name and password; which of the two was wrong is not said."""

    def __init__(self) -> None:
        super().__init__("That name and password do not go together. Please check both and try again.")


class PasswordChanged(WrongCredentials):
    """The password, or only its hash, was changed between checking it and signing in."""


class SignUpOver(Refusal):
    """The sign-up was finished already, took too long, or was replaced by another."""

    def __init__(self, words: str, title: str = "This link is over") -> None:
        super().__init__(words)
        self.title = title

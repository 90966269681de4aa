"""What this room refuses. Each message is a sentence for the person who asked."""

from microblog.refusals import Refusal


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


class ChangedMeanwhile(Refusal):
    """The account is not as it was when the page was opened."""

    def __init__(self) -> None:
        super().__init__("Your account was changed in another window or by another device. Please try again.")

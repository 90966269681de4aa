"""What this room refuses. Each message is a sentence for the person who asked."""


class Refusal(Exception):  # noqa: N818 - an expected outcome, not a fault
    """Something a person asked for and cannot have, with the reason in their words."""


class BadUsername(Refusal):
    """What was typed cannot be a username."""


class UsernameTaken(Refusal):
    """Somebody else has that username."""

    def __init__(self, username: str) -> None:
        super().__init__(f"The username {username} is taken. Please choose another.")


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


class WrongPassword(Refusal):
    """A member was asked for the password once more, and typed another."""

    def __init__(self) -> None:
        super().__init__("That is not your password. Please try again.")


class ChangedMeanwhile(Refusal):
    """The account is not as it was when the page was opened."""

    def __init__(self) -> None:
        super().__init__("Your account was changed in another window or by another device. Please try again.")


class BadNewAddress(Refusal):
    """The address that was typed is the member's already."""

    def __init__(self) -> None:
        super().__init__("That is the address of your account already.")


class NoSuchLogin(Refusal):
    """The member has no login with that number."""


class LinkOver(Refusal):
    """A link of a letter opens nothing any more, or never did; the words say why and what helps."""

    def __init__(self, words: str, title: str = "This link is over", *, genuine: bool = True) -> None:
        super().__init__(words)
        self.title = title
        self.genuine = genuine

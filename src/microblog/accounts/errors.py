"""What this room refuses. Each message is a sentence for the person who asked."""

from datetime import datetime


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


class SecondAddressRefused(Refusal):
    """This address cannot be asked for, for a reason the member knows already: it is one of their own."""


class SecondAddressLink(Refusal):
    """A link that confirms a second address, and does not work here."""

    title = "This link is over"


class SecondAddressOver(SecondAddressLink):
    """It was used, has expired, or belongs to an address that was asked for before another."""

    def __init__(self) -> None:
        super().__init__(
            "It worked once, for a day, and only for the address you entered last. "
            "You can ask for a new email on your backup email page."
        )


class SecondAddressNotComplete(SecondAddressLink):
    """It was not made here, or was altered on its way."""

    title = "This link is not complete"

    def __init__(self) -> None:
        super().__init__("Perhaps a part of it was lost when it was copied. Please open it once more from the letter.")


class SecondAddressTaken(SecondAddressLink):
    """Its owner has proved to read the letters, so they may know that it belongs to another account."""

    title = "This address belongs to another account"

    def __init__(self) -> None:
        super().__init__(
            "An address can belong to one account alone. Please name another one, "
            "or remove this one from the other account first."
        )


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

"""The ways a link of recovery can be dead. Each tells the person what happened and what helps."""

from microblog.refusals import Refusal


class DeadLink(Refusal):
    """A link that opens nothing; a new letter helps in every case."""

    title = "This link does not work"
    why = ""
    """Which way, in a word or two for the record."""
    account_id: int | None = None
    """Whose it was, where that is certain."""


class LinkExpired(DeadLink):
    """It is genuine, and its time is over."""

    title = "This link has expired"
    why = "expired"

    def __init__(self, minutes: int, account_id: int | None = None) -> None:
        self.account_id = account_id
        super().__init__(
            f"For your safety a link works for {minutes} minute{'s' if minutes > 1 else ''} after its letter has left."
        )


class LinkUsed(DeadLink):
    """It is genuine, and the password or address changed since it was made."""

    title = "This link has been used or replaced"
    why = "used or replaced"

    def __init__(self, account_id: int | None = None) -> None:
        self.account_id = account_id
        super().__init__(
            "Each link works once, and a change of the password or of an address ends all links made before it."
        )


class LinkNotGenuine(DeadLink):
    """It was not made here, or was altered on its way."""

    title = "This link is not complete, or not from here"

    def __init__(self) -> None:
        super().__init__("Perhaps a part of it was lost when it was copied. Please open it once more from the letter.")


class ReportExpired(DeadLink):
    """The time in which a change could be reported is over."""

    title = "This link has expired"

    def __init__(self) -> None:
        super().__init__(
            "It worked for some days after the change. You can still ask for an email to reset your password."
        )


class ReportVoid(DeadLink):
    """The owner has come back since, or somebody with an address the account has had for longer decides."""

    title = "This link no longer works"

    def __init__(self) -> None:
        super().__init__(
            "Since we sent it, the account was recovered, or this address was removed from it. "
            "If you can't sign in, ask for an email to reset your password."
        )


class ReportAddressTaken(DeadLink):
    """The address was removed from the account, and another account has it by now."""

    title = "This address belongs to another account"

    def __init__(self) -> None:
        super().__init__(
            "An email address can belong to one account only. Remove it from the other account first, "
            "then open this link again."
        )


class WrongCode(Refusal):
    """No account goes with that name and recovery code; which of the two was wrong is not said."""

    def __init__(self) -> None:
        super().__init__(
            "That name and code do not go together, or the code was used before. Please check both and try again."
        )


class BadCode(Refusal):
    """What was typed can be no recovery code, whoever has one."""

    def __init__(self) -> None:
        super().__init__("A recovery code has 24 letters and digits, printed in six groups of four.")


class NobodyToRecover(Refusal):
    """The operator named an account that is not there."""

    def __init__(self, named: str) -> None:
        super().__init__(f"No account has the username or address {named!r}.")


class AddressOfAnother(Refusal):
    """An administrator named an email address that belongs to another account."""

    def __init__(self) -> None:
        super().__init__("This email address belongs to another account.")


class RecoverDeactivated(Refusal):
    """The operator named an account that is deactivated; a new password would not open it."""

    def __init__(self, username: str) -> None:
        super().__init__(
            f"The account {username} is deactivated. A new password would not open it, so no link was made."
        )

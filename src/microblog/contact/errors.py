"""What this room refuses. Each message is a sentence for the person who asked."""

from microblog.refusals import Refusal


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


class BadNewAddress(Refusal):
    """The address that was typed is the member's already."""

    def __init__(self) -> None:
        super().__init__("That is the address of your account already.")

"""What a transport promises, and the three ways it can fail. The real ones are `smtp` and `mailbox`."""

from typing import Protocol, runtime_checkable

from microblog.mail.compose import Envelope
from microblog.mail.replies import Reply


class TransportError(Exception):
    """A letter did not leave. Carries the server's words, or ours where it had none."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class Refused(TransportError):  # noqa: N818 - named for what happened
    """This letter will never be taken."""


class TryLater(TransportError):  # noqa: N818
    """This letter was not taken this time, or nobody knows whether it was."""


class ServerTrouble(TransportError):  # noqa: N818
    """No letter would be taken now: the server is away, or does not let us in."""


class NotLetIn(ServerTrouble):
    """The line did not open: whatever letter it was opened for has no part in it."""


class SendingRefused(ServerTrouble):
    """The server has something against us, and says so when it hears of this letter; others it may take."""


class Transport(Protocol):
    """Hands letters on. Not shared between threads."""

    def send(self, envelope: Envelope) -> Reply:
        """Hand one letter on and return the words it was accepted with.

        Raises:
            TransportError: one of the three kinds above.
        """
        ...

    def rest(self) -> None:
        """Let go of what is kept open between letters; called when there is nothing to send."""
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """A transport that is quicker when it knows which letter comes next."""

    def foresee(self, envelope: Envelope) -> None:
        """Hear of the letter after the one that is sent next. It may still not come."""
        ...

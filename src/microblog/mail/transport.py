"""The interface of a transport, and the three ways it can fail. Implementations: `smtp` and `mailbox`."""

from typing import Protocol, runtime_checkable

from microblog.mail.compose import Envelope
from microblog.mail.replies import Reply


class TransportError(Exception):
    """An email did not leave. Carries the server's words, or ours where it had none."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class Refused(TransportError):  # noqa: N818 - named for what happened
    """This email will never be taken."""


class TryLater(TransportError):  # noqa: N818
    """This email was not taken this time, or nobody knows whether it was."""


class ServerTrouble(TransportError):  # noqa: N818
    """The server takes no email now: it is unreachable, or rejects our login."""


class NotLetIn(ServerTrouble):
    """The line did not open: whatever email it was opened for has no part in it."""


class SendingRefused(ServerTrouble):
    """The server has something against us, and says so when it hears of this email; others it may take."""


class Transport(Protocol):
    """Hands emails on. Not shared between threads."""

    def send(self, envelope: Envelope) -> Reply:
        """Hand one email on and return the words it was accepted with.

        Raises:
            TransportError: one of the three kinds above.
        """
        ...

    def disconnect(self) -> None:
        """Close what is kept open between emails; called when there is nothing to send."""
        ...


@runtime_checkable
class Pipelining(Protocol):
    """A transport that is quicker when it knows which email comes next."""

    def announce(self, envelope: Envelope) -> None:
        """TraceLine of the email after the one that is sent next. It may still not come."""
        ...

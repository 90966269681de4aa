"""Refusals of the administration of the outbox: codes, whose words are in `words.emails`."""


class ActionRefused(Exception):  # noqa: N818 - an expected outcome, not a fault
    """The action is impossible for this email. Mail is self-contained, so this is no `Refusal`."""

    code: str = ""

    def __init__(self) -> None:
        super().__init__(self.code)


class NoSuchEmail(ActionRefused):
    """No email has this number."""

    code = "no_such_email"


class EmailSent(ActionRefused):
    """It was sent."""

    code = "email_sent"


class EmailBeingSent(ActionRefused):
    """A worker is sending it now."""

    code = "email_being_sent"


class EmailForgotten(ActionRefused):
    """What it is rendered from was deleted."""

    code = "email_forgotten"


class EmailNotHeld(ActionRefused):
    """It is not held after a restore."""

    code = "email_not_held"


class EmailEnded(ActionRefused):
    """It has ended already."""

    code = "email_ended"


class EmailChanged(ActionRefused):
    """A worker changed it in this moment."""

    code = "email_changed"

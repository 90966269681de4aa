"""The actions that need a confirmation by email for a day after an account was recovered."""

from enum import StrEnum


class Action(StrEnum):
    """What may need a confirmation."""

    CHANGE_ADDRESS = "change_address"
    DOWNLOAD = "download"
    DELETE = "delete"


IN_WORDS = {
    Action.CHANGE_ADDRESS: "move your account to another address",
    Action.DOWNLOAD: "download everything your account holds",
    Action.DELETE: "delete your account",
}
"""Each as it goes on after "somebody asked to …"."""

"""The actions that need a confirmation by email for a day after an account was recovered."""

from enum import StrEnum


class Action(StrEnum):
    """An action that may need a confirmation."""

    CHANGE_ADDRESS = "change_address"
    DOWNLOAD = "download"
    DELETE = "delete"

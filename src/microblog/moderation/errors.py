"""Errors of moderation."""

from microblog.refusals import NothingToDo


class AlreadyDeactivated(NothingToDo):
    """The account is deactivated."""

    code = "already_deactivated"


class NotDeactivated(NothingToDo):
    """The account is not deactivated."""

    code = "not_deactivated"

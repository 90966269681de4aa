"""Errors of usernames and accounts."""

from microblog.refusals import Refusal


class BadUsername(Refusal):
    """The text cannot be a username."""


class UsernameLength(BadUsername):
    """It has `length` characters, and not `shortest` to `longest`."""

    code = "username_length"


class UsernameCharacters(BadUsername):
    """It has other characters than a username may have."""

    code = "username_characters"


class UsernameWithoutLetters(BadUsername):
    """It has no letter and no digit."""

    code = "username_without_letters"


class UsernameDots(BadUsername):
    """It begins or ends with a dot."""

    code = "username_dots"


class UsernameTaken(Refusal):
    """Somebody else has that `username`."""

    code = "username_taken"


class TooManyUsernames(Refusal):
    """All the former usernames of one member stay reserved, so they cannot be more than `most`."""

    code = "too_many_usernames"


class ChangedMeanwhile(Refusal):
    """The account is not as it was when the page was opened."""

    code = "account_changed_meanwhile"

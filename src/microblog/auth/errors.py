"""Errors of signing in and reauthentication."""

from microblog.refusals import Refusal


class PasswordRefused(Refusal):
    """A password that cannot be chosen, or does not open what it was typed for."""


class PasswordTooLong(PasswordRefused):
    """It has more than `longest` characters."""

    code = "password_too_long"


class PasswordTooShort(PasswordRefused):
    """It has `length` of at least `shortest` characters."""

    code = "password_too_short"


class PasswordAboutMember(PasswordRefused):
    """It is little more than a name, an address or the name of this site."""

    code = "password_about_member"


class PasswordCommon(PasswordRefused):
    """It is on the list of common passwords."""

    code = "password_common"


class PasswordGuessable(PasswordRefused):
    """It follows a common pattern."""

    code = "password_guessable"


class WrongCredentials(Refusal):
    """No account goes with that name and password; which of the two was wrong is not said."""

    code = "wrong_credentials"


class PasswordChangedMeanwhile(WrongCredentials):
    """The password, or only its hash, was changed between checking it and signing in."""

    code = "password_changed_meanwhile"


class WrongPassword(Refusal):
    """Somebody signed in was asked for their password once more, and typed another."""

    code = "wrong_password"


class RecoveredLately(Refusal):
    """A sensitive action within a day of a recovery, perhaps somebody else's. It works again from `until`."""

    code = "recovered_lately"


class NoSuchAccount(Refusal):
    """An administrator named an account that is not there."""

    code = "no_such_account"


class OwnAccount(Refusal):
    """An administrator named their own account."""

    code = "own_account"


class NoSuchSession(Refusal):
    """The member has no session with that number."""

    code = "no_such_session"

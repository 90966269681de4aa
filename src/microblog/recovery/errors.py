"""Errors of account recovery."""

from microblog.refusals import NothingToDo, Refusal


class WrongCode(Refusal):
    """No account goes with that name and recovery code; which of the two was wrong is not said."""

    code = "wrong_recovery_code"


class BadCode(Refusal):
    """The text cannot be a recovery code."""

    code = "malformed_recovery_code"


class NobodyToRecover(Refusal):
    """An administrator `named` an account that is not there."""

    code = "nobody_to_recover"


class AddressOfAnother(Refusal):
    """An administrator named an email address that belongs to another account."""

    code = "address_of_another"


class RecoverDeactivated(Refusal):
    """An administrator named an account that is deactivated; a new password would not open it."""

    code = "recover_deactivated"


class NoBackupEmail(NothingToDo):
    """The account has no backup email."""

    code = "no_backup_email"


class NoRecoveryCodes(NothingToDo):
    """The account has no recovery codes."""

    code = "no_recovery_codes"


class SameEmail(NothingToDo):
    """It is the account's email address already."""

    code = "email_is_set"

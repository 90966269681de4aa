"""What recovery refuses."""

from microblog.refusals import LinkOver, NothingToDo, Refusal


class DeadLink(Refusal):
    """A link that opens nothing; a new email helps in every case. `account_id` says whose it was, where certain."""

    def __init__(self, account_id: int | None = None, **params: object) -> None:
        super().__init__(**params)
        self.account_id = account_id


class LinkExpired(DeadLink):
    """It is genuine, and older than so many `minutes`."""

    code = "link_expired"


class LinkUsed(DeadLink):
    """It is genuine, and the password or address changed since it was made."""

    code = "link_used"


class LinkNotGenuine(DeadLink):
    """It was not made here, or was altered on its way."""

    code = "link_not_genuine"


class ReportExpired(DeadLink):
    """The time in which a change could be reported is over."""

    code = "report_expired"


class ReportVoid(DeadLink):
    """The owner has come back since, or somebody with an address the account has had for longer decides."""

    code = "report_void"


class ReportAddressTaken(DeadLink):
    """The address was removed from the account, and another account has it by now."""

    code = "report_address_taken"


class ReturnLinkUsed(LinkOver):
    """The address was taken back already, or the account was recovered since."""

    code = "return_link_used"


class ReturnLinkExpired(LinkOver):
    """An address can be taken back for so many `days`."""

    code = "return_link_expired"


class WrongCode(Refusal):
    """No account goes with that name and recovery code; which of the two was wrong is not said."""

    code = "wrong_recovery_code"


class BadCode(Refusal):
    """What was typed can be no recovery code, whoever has one."""

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

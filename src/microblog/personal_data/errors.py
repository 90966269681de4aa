"""What deleting an account refuses."""

from microblog.refusals import LinkOver


class AccountGone(LinkOver):
    """The account was deleted or deactivated."""

    code = "account_gone"


class DeletionCancelled(LinkOver):
    """The deletion was cancelled, or asked for anew."""

    code = "deletion_cancelled"


class KeepLinkExpired(LinkOver):
    """The link to keep the account is too old."""

    code = "keep_link_expired"

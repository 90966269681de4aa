"""Why a link opens nothing."""

from enum import StrEnum

from microblog.links.declaration import EmailedLink
from microblog.refusals import Refusal


class LinkProblem(StrEnum):
    """The problem of a link."""

    NOT_OPENED = "not_opened"
    """This browser has opened no such link."""
    NOT_GENUINE = "not_genuine"
    """This site did not make it for this purpose, or it was altered on its way."""
    EXPIRED = "expired"
    USED = "used"
    """It was used, replaced by a newer one, or what it is bound to has changed."""
    GONE = "gone"
    """What it is about is not there any more."""
    ADDRESS_TAKEN = "address_taken"
    """The address that it would give an account belongs to another one."""


class LinkRefused(Refusal):
    """A link opens nothing. Its code is the link's purpose with the problem: "reset_password_expired".

    `account_id` says whose link it is, where that is certain.
    """

    def __init__(
        self, link: EmailedLink, problem: LinkProblem, account_id: int | None = None, **params: object
    ) -> None:
        self.code = f"{link.purpose}_{problem}"
        super().__init__(**params)
        self.link = link
        self.problem = problem
        self.account_id = account_id

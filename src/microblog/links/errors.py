"""Why a link opens nothing."""

from enum import StrEnum

from microblog.links.declaration import EmailedLink
from microblog.refusals import Refusal


class LinkProblem(StrEnum):
    """What is wrong with a link."""

    NOT_GENUINE = "not_genuine"
    """This site did not make it for this purpose, or it was altered on its way."""
    EXPIRED = "expired"
    USED = "used_or_replaced"
    """It was used, replaced by a newer one, or what it is bound to has changed."""
    GONE = "gone"
    """What it is about is not there any more."""
    ADDRESS_TAKEN = "address_taken"
    """The address that it would give an account belongs to another one."""


class LinkRefused(Refusal):
    """A link opens nothing. `account_id` says whose it is, where that is certain."""

    def __init__(
        self, link: EmailedLink, problem: LinkProblem, account_id: int | None = None, **params: object
    ) -> None:
        super().__init__(f"{link.purpose}: {problem}")
        self.link = link
        self.problem = problem
        self.account_id = account_id
        self.params = params

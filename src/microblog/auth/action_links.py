"""The links that letters of a member's own area hold: to move to another address, to take it back, to confirm, to keep
an account that is about to be deleted."""

from dataclasses import dataclass

from microblog.links import LinkSigner, NotGenuine, TokenClaims
from microblog.refusals import LinkIncomplete
from microblog.settings import Settings


@dataclass(frozen=True)
class OwnLinks:
    """The makers and readers of these links, each for its own purpose alone."""

    change_address: LinkSigner
    take_back: LinkSigner
    confirm: LinkSigner
    keep: LinkSigner


def own_links(settings: Settings) -> OwnLinks:
    """Return those of this site."""

    def signer(purpose: str) -> LinkSigner:
        return LinkSigner(purpose, str(settings.public_url), settings.keys(purpose))

    purposes = ("change_address", "take_back_address", "confirm", "keep_account")
    return OwnLinks(*(signer(purpose) for purpose in purposes))


def read_link(signer: LinkSigner, token: str) -> TokenClaims:
    """Read a token.

    Raises:
        LinkIncomplete: it is not genuine.
    """
    try:
        return signer.read(token)
    except NotGenuine as error:
        raise LinkIncomplete from error

"""What signing up refuses."""

from microblog.refusals import Refusal


class SignUpOver(Refusal):
    """A link that finishes no sign-up any more, or never did."""


class SignUpUsed(SignUpOver):
    """The sign-up was finished already, or was replaced by another."""

    code = "sign_up_used"


class SignUpExpired(SignUpOver):
    """The sign-up took too long."""

    code = "sign_up_expired"


class SignUpLinkIncomplete(SignUpOver):
    """The link was not made here, or was altered on its way."""

    code = "sign_up_link_incomplete"

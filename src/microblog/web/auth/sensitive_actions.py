"""The pages of sensitive actions: what each answers, done at once or only once an email has confirmed it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash

from microblog.auth import Action, ActionOutcome, Perform
from microblog.identity import Account
from microblog.web.redirects import see_other

ASKED = (
    "Your account was recovered within the last day, so we want to be sure that it is you. Check your email: "
    "we sent a link to {}. It works for an hour."
)


@dataclass(frozen=True)
class SensitiveAction:
    """A sensitive action, and its words and pages. An action may need to know something, such as a new address."""

    action: Action
    button: str
    """What the button says that performs it after the email."""
    perform: Perform
    """Performs it, as part of the transaction."""
    answer: Callable[[Account], Response]
    """Answers, when it is done."""
    page: Callable[[], str]
    """Where its page is."""

    def answer_outcome(self, outcome: ActionOutcome) -> Response:
        """Say that it is done, or that an email has to confirm it first."""
        if not outcome.needs_confirmation:
            return self.answer(outcome.account)
        flash(ASKED.format(outcome.account.email), "email")
        return see_other(self.page())

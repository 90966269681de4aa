"""What this room refuses. Each message is a sentence for the person who asked."""

from microblog.refusals import Refusal


class SignUpOver(Refusal):
    """The sign-up was finished already, took too long, or was replaced by another."""

    def __init__(self, words: str, title: str = "This link is over") -> None:
        super().__init__(words)
        self.title = title

"""Classify a mail server's replies: their meaning for the email and for the server. No I/O."""

import re
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """A stage of the SMTP session (RFC 5321 section 3)."""

    CONNECT = "connecting"
    GREETING = "greeting"
    TLS = "setting up TLS"
    LOGIN = "signing in"
    SENDER = "naming the sender"
    RECIPIENT = "naming the recipient"
    DATA = "handing over the email"


class Meaning(Enum):
    """The meaning of a reply: what to do."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    SERVER = "server"


@dataclass(frozen=True)
class Reply:
    """A server's answer: code and text (RFC 5321 section 4.2). A code below 1 stands for no answer."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code > 0 else self.text

    @property
    def status(self) -> tuple[int, int, int] | None:
        """The enhanced status code (RFC 3463), wherever in the first words or in qmail's brackets it stands."""
        found = ENHANCED.search(self.text)
        return (int(found[1]), int(found[2]), int(found[3])) if found else None


SUCCESS = range(200, 300)
GO_AHEAD = 354
TEMPORARY = 400
PERMANENT = 500
CODES = range(TEMPORARY, 600)

BEFORE_THE_EMAIL = frozenset({Stage.CONNECT, Stage.GREETING, Stage.TLS, Stage.LOGIN})
LOGIN_CODES = frozenset({525, 530, 534, 535, 538})  # RFC 4954 section 6, RFC 5248 section 2.4
NO_MAIL_HERE = 521  # RFC 7504
TOO_BIG = 552
OUT_OF_STEP = frozenset({500, 502, 503, 504})  # the command was not understood, or not expected: no word on the email
TOO_MANY = (5, 5, 3)  # recipients, with one recipient an email: of the moment, whatever its first digit says

ENHANCED = re.compile(r"(?:^|\(#)([245])\.(\d{1,3})\.(\d{1,3})\b")
ADDRESS, POLICY = 1, 7  # the subjects of 5.1.x and 5.7.x
GENERAL_POLICY = 1  # 5.7.0 and 5.7.1 after the email was seen speak of the email; those above, of whoever sends it
OURS = frozenset({(5, 1, 7), (5, 1, 8), (5, 3, 2), (5, 4, 5)})  # sender's address; no mail here now; our day is used up
# What servers say, with no such code or a vague one, to a sender that is not allowed, or not yet.
OURS_IN_WORDS = re.compile(
    r"relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:permitted|allowed))|unable to relay"
    r"|allowed rcpthosts|not allowed to send|SendAsDenied"
    r"|sender verif\w+ failed|sender identity|address is not verified",
    re.IGNORECASE,
)


def classify_reply(stage: Stage, reply: Reply) -> Meaning:
    """Return the meaning of a reply at a stage.

    Trouble before the email is named is the server's, and so is a login asked for at any stage: it would meet every
    email. A sender refused for good is our set-up, again not the email; and so is a policy against us, whichever
    command it answers. From then on a 5xx is about this email, a 4xx about this moment, and what is no answer leaves
    the outcome unknown: try again.
    """
    if reply.code in SUCCESS:
        return Meaning.SENT
    if stage in BEFORE_THE_EMAIL or reply.code in LOGIN_CODES or reply.code == NO_MAIL_HERE:
        return Meaning.SERVER
    if reply.code < PERMANENT or reply.code not in CODES:
        return Meaning.LATER
    if stage is Stage.SENDER:
        return Meaning.REFUSED if reply.code == TOO_BIG else Meaning.SERVER
    if is_about_us(stage, reply):
        return Meaning.SERVER
    return Meaning.LATER if reply.code in OUT_OF_STEP or reply.status == TOO_MANY else Meaning.REFUSED


def is_about_us(stage: Stage, reply: Reply) -> bool:
    """Tell whether a refusal of a recipient or of an email is really one of our sending."""
    _, subject, detail = reply.status or (0, 0, 0)
    if subject == POLICY:
        return stage is Stage.RECIPIENT or detail > GENERAL_POLICY
    if subject == ADDRESS:
        return reply.status in OURS
    return reply.status in OURS or OURS_IN_WORDS.search(reply.text) is not None


UNIT = {"s": 1, "m": 60, "h": 3600}
AGAIN = r"\b(?:again|re-?try\w*|resend\w*|back|wait\w*|gr[ae]y-?list\w*|defer\w*)\b"
# No figure and no end of a sentence in between: "try again later. 100 letters in 60 minutes" names no wait.
WAIT_NAMED = re.compile(
    AGAIN + r"[^\d.;]{0,40}?(?:\b|\()(\d{1,4})\s*(s|sec|second|m|min|minute|h|hr|hour)s?\b", re.IGNORECASE
)
CLOCK_NAMED = re.compile(AGAIN + r"[^\d.;]{0,40}?\b(?:in|after|for) (\d{1,2}):([0-5]\d):([0-5]\d)\b", re.IGNORECASE)


def named_wait(text: str) -> int | None:
    """Return the seconds a reply asks us to wait ("try again in 5 minutes", "in 00:05:00"), None when it names none."""
    if clock := CLOCK_NAMED.search(text):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
    found = WAIT_NAMED.search(text)
    return int(found[1]) * UNIT[found[2][0].lower()] if found else None

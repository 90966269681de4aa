"""What a mail server's reply means for the letter and for the server. Decisions only, no I/O."""

import re
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """Where in the conversation (RFC 5321 section 3) something happened."""

    CONNECT = "connecting"
    GREETING = "greeting"
    TLS = "setting up TLS"
    LOGIN = "signing in"
    SENDER = "naming the sender"
    RECIPIENT = "naming the recipient"
    DATA = "handing over the letter"


class Meaning(Enum):
    """What is to be done."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    SERVER = "server"


@dataclass(frozen=True)
class Reply:
    """A server's answer: code and text (RFC 5321 section 4.2). Code 0 is our own word for what was no answer."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


BEFORE_THE_LETTER = frozenset({Stage.CONNECT, Stage.GREETING, Stage.TLS, Stage.LOGIN})
LOGIN_CODES = frozenset({530, 534, 535, 538})
TOO_BIG = 552
PERMANENT = 500
SUCCESS = range(200, 300)


def judge(stage: Stage, reply: Reply) -> Meaning:
    """Say what a reply at a stage means.

    Trouble before the letter is named is the server's, and so is a login asked for at any stage: it would meet every
    letter. A sender refused for good (550 or 553 at MAIL FROM) is our set-up, again not the letter. From then on a 5xx
    is about this letter, a 4xx about this moment, and no answer at all (code 0) leaves the outcome unknown: try again.
    """
    if reply.code in SUCCESS:
        return Meaning.SENT
    if stage in BEFORE_THE_LETTER or reply.code in LOGIN_CODES:
        return Meaning.SERVER
    if stage is Stage.SENDER and reply.code >= PERMANENT:
        return Meaning.REFUSED if reply.code == TOO_BIG else Meaning.SERVER
    return Meaning.REFUSED if reply.code >= PERMANENT else Meaning.LATER


WAIT_NAMED = re.compile(r"\b(?:in|after|for|wait)\s+(\d{1,4})\s*(s|sec|second|m|min|minute|h|hour)s?\b", re.IGNORECASE)
UNIT = {"s": 1, "m": 60, "h": 3600}


def named_wait(text: str) -> int | None:
    """Return the seconds a reply asks us to wait ("try again in 5 minutes"), None when it names no time."""
    found = WAIT_NAMED.search(text)
    return int(found[1]) * UNIT[found[2][0].lower()] if found else None

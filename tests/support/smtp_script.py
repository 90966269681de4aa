"""What a scripted mail server does instead of its usual reply: the answers, and the rules that say when."""

from dataclasses import dataclass, field
from enum import Enum, auto
from math import inf
from random import Random

STAGES = (
    "greeting",
    "ehlo",
    "helo",
    "starttls",
    "auth",
    "mail",
    "rcpt",
    "go_ahead",  # the reply to the command DATA
    "letter",  # after the first line of the letter
    "data",  # the reply after the final dot
    "rset",
    "quit",
)
KNOW_THE_RECIPIENT = ("rcpt", "go_ahead", "letter", "data")


class Then(Enum):
    """What happens after the words."""

    GO_ON = auto()
    CLOSE = auto()
    RESET = auto()
    """The connection is torn down, so that the other side is told "reset by peer"."""
    STALL = auto()
    """Not another word, until the other side leaves."""
    REPEAT = auto()
    """The same again, until the other side leaves."""


@dataclass(frozen=True)
class Answer:
    """What is said, as it is (a `str` gets its line break), at how many seconds a byte, and what happens then."""

    says: str | bytes = b""
    then: Then = Then.GO_ON
    pace: float = 0.0
    takes: bool = False
    """Keep the letter all the same; only after the final dot."""

    @property
    def octets(self) -> bytes:
        """What goes over the wire."""
        return self.says if isinstance(self.says, bytes) else self.says.encode() + b"\r\n"

    @property
    def says_yes(self) -> bool:
        """True where the command is to be carried out, only with other words."""
        return self.then is Then.GO_ON and self.octets[:1] in (b"2", b"3")


Given = str | Answer
HANG_UP = Answer(then=Then.CLOSE)
TAKE_AND_HANG_UP = Answer(then=Then.CLOSE, takes=True)
STALL = Answer(then=Then.STALL)
TAKE_AND_STALL = Answer(then=Then.STALL, takes=True)
RESET = Answer(then=Then.RESET)
TAKE_AND_RESET = Answer(then=Then.RESET, takes=True)


def answer(given: Given) -> Answer:
    """Make an answer of mere words."""
    return given if isinstance(given, Answer) else Answer(given)


def closing(words: str | bytes) -> Answer:
    """Say something, and close."""
    return Answer(words, Then.CLOSE)


def trickle(words: str | bytes, pace: float) -> Answer:
    """Say something one byte at a time, again and again: never silent for long, and never done."""
    return Answer(words, Then.REPEAT, pace)


@dataclass
class Rule:
    """Give an answer at a stage: the first `times`, to a `share` of the occasions, where `to` is in the recipient."""

    stage: str
    answer: Given
    times: float = inf
    share: float = 1.0
    to: str = ""
    given: int = 0

    def __post_init__(self) -> None:
        assert self.stage in STAGES, self.stage
        assert not self.to or self.stage in KNOW_THE_RECIPIENT, f"nobody knows the recipient at {self.stage}"

    def applies(self, stage: str, recipients: str, chance: float) -> bool:
        """Tell whether this is an occasion, and count it."""
        fits = stage == self.stage and self.to in recipients and chance < self.share and self.given < self.times
        self.given += fits
        return fits


@dataclass
class Script:
    """The short form: a greeting for everybody, or a list for a stage, used up answer by answer; None is the usual."""

    greeting: Given | None = None
    mail: list[Given | None] = field(default_factory=list)
    rcpt: list[Given | None] = field(default_factory=list)
    data: list[Given | None] = field(default_factory=list)
    seconds: float = 0.0
    """How long each letter takes, before it is taken."""
    lingers: float = 0.0
    """How long the server has a letter before it says so."""
    rules: list[Rule] = field(default_factory=list)
    _random: Random = field(default_factory=lambda: Random(2821))

    def answer_at(self, stage: str, recipients: str = "") -> Answer | None:
        """Return what to do at this occasion, None for the usual."""
        if stage == "greeting" and self.greeting:
            return closing(self.greeting) if isinstance(self.greeting, str) else self.greeting
        listed: list[Given | None] = {"mail": self.mail, "rcpt": self.rcpt, "data": self.data}.get(stage, [])
        given = listed.pop(0) if listed else None
        if given is None:
            fitting = (rule.answer for rule in self.rules if rule.applies(stage, recipients, self._random.random()))
            given = next(fitting, None)
        return None if given is None else answer(given)

"""The chart of the last hour: a bar for each minute. The layout is computed here, the look is CSS."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microblog.mail.admin import Minute

STEP, BAR, HEIGHT = 10, 8, 100  # units of the picture: a minute's width, its bar's, and the highest bar
LADDER = (1, 2, 3, 5, 10, 15, 20, 30, 50)  # and the same again, ten times as much
PARTS = ("sent", "dropped", "lost")


@dataclass(frozen=True)
class Bar:
    """One part of a minute's bar. `kind` is its class in CSS."""

    x: int
    y: float
    height: float
    kind: str


@dataclass(frozen=True)
class Picture:
    """The shapes of the chart, and the number of emails at its top line."""

    width: int
    height: int
    top: int
    bars: tuple[Bar, ...]
    posted: str
    """The line of what was posted, as points."""


def draw(minutes: Sequence[Minute]) -> Picture:
    """Draw the minutes beside each other, oldest left."""
    top = round_up(max(max(one.posted, one.sent + one.dropped + one.lost) for one in minutes))
    scale = HEIGHT / top
    bars = tuple(bar for number, one in enumerate(minutes) for bar in stack(number, one, scale))
    points = [f"{number * STEP + STEP / 2:g},{HEIGHT - one.posted * scale:g}" for number, one in enumerate(minutes)]
    return Picture(len(minutes) * STEP, HEIGHT, top, bars, " ".join(points))


def stack(number: int, minute: Minute, scale: float) -> Iterator[Bar]:
    """Put the parts of a minute on top of each other."""
    below = 0
    for kind in PARTS:
        emails = getattr(minute, kind)
        below += emails
        if emails:
            x = number * STEP + (STEP - BAR) // 2
            yield Bar(x, round(HEIGHT - below * scale, 2), round(emails * scale, 2), kind)


def round_up(number: int) -> int:
    """Return the next number that people like to read at the top of a picture."""
    power = 1
    while number > LADDER[-1] * power:
        power *= 10
    return next(step * power for step in LADDER if number <= step * power)

"""Huey on SQLite."""

import os

from huey import SqliteHuey
from letter import hand_over, tick

SAFE = os.environ["SETTINGS"] == "safest"
huey = SqliteHuey(filename=os.environ["QUEUE_FILE"], fsync=SAFE)


@huey.task(retries=3 if SAFE else 0, retry_delay=5)
def send(number: int) -> None:
    hand_over(number)


@huey.task()
def nothing() -> None:
    tick()


def post_letter(number: int) -> None:
    send(number)


def post_tick() -> None:
    nothing()

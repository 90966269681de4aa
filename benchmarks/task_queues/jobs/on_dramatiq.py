"""Dramatiq on Redis. Its safest: a worker counts as dead sooner, and the dead are looked for at every command."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from letter import hand_over, tick

SAFEST = {"heartbeat_timeout": 15_000, "maintenance_chance": 1_000_000}
dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"], **(SAFEST if os.environ["SETTINGS"] == "safest" else {})))


@dramatiq.actor
def send(number: int) -> None:
    hand_over(number)


@dramatiq.actor
def nothing() -> None:
    tick()


def post_letter(number: int) -> None:
    send.send(number)


def post_tick() -> None:
    nothing.send()

"""RQ. Its safest: three retries, which also bring back a job whose worker died, and its registries cleaned often."""

import os

from letter import hand_over, tick
from redis import Redis
from rq import Queue, Retry

queue = Queue(connection=Redis.from_url(os.environ["REDIS_URL"]))
RETRY = Retry(max=3) if os.environ["SETTINGS"] == "safest" else None


def post_letter(number: int) -> None:
    queue.enqueue(hand_over, number, retry=RETRY)


def post_tick() -> None:
    queue.enqueue(tick)

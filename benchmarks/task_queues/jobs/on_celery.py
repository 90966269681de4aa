"""Celery on Redis. Its safest: a job is acknowledged when it is done, and given to another worker after 30 seconds."""

import os

from celery import Celery
from letter import hand_over, tick

app = Celery(broker=os.environ["REDIS_URL"])
app.conf.task_ignore_result = True
if os.environ["SETTINGS"] == "safest":
    app.conf.task_acks_late = True
    app.conf.task_reject_on_worker_lost = True
    app.conf.worker_prefetch_multiplier = 1
    app.conf.broker_transport_options = {"visibility_timeout": 30}  # an hour, unless set


@app.task
def send(number: int) -> None:
    hand_over(number)


@app.task
def nothing() -> None:
    tick()


def post_letter(number: int) -> None:
    send.delay(number)


def post_tick() -> None:
    nothing.delay()

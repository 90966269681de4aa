"""Procrastinate. Its safest: the sweeper its documents tell one to write, each minute; and the caller's transaction."""

import os
from functools import cache

import psycopg
from letter import hand_over, tick
from procrastinate import App, JobContext, PsycopgConnector

SAFE = os.environ["SETTINGS"] == "safest"
DSN = os.environ["POSTGRES"]
app = App(connector=PsycopgConnector(conninfo=DSN))


@app.task
def send(number: int) -> None:
    hand_over(number)


@app.task
def nothing() -> None:
    tick()


async def sweep(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - what a periodic task is given
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


if SAFE:
    app.periodic(cron="* * * * *")(app.task(queueing_lock="sweep", pass_context=True)(sweep))


@cache
def open_once() -> None:
    app.open()


def post_letter(number: int) -> None:
    open_once()
    send.defer(number=number)


def post_tick() -> None:
    open_once()
    nothing.defer()


def undone(number: int) -> None:
    open_once()
    with psycopg.connect(DSN, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS members (number int)")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO members VALUES (%s)", [number])
        send.configure(**({"connection": connection} if SAFE else {})).defer(number=number)
        connection.execute("ROLLBACK")

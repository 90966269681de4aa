"""Our own: the product's outbox. As a command it is a worker of letters that say and send nothing."""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from letter import tick
from sqlalchemy import insert
from sqlalchemy.orm import Session

from microblog.cli.start import notifier_for
from microblog.clock import system_clock
from microblog.db import Database
from microblog.identity import Account
from microblog.mail import EmailType, QueuedEmail, Rendered, bind_email_types, queue
from microblog.mail.compose import Envelope
from microblog.mail.delivery import Delivery
from microblog.mail.replies import Reply
from microblog.recovery.ask import ask
from microblog.settings import load
from microblog.worker import Worker


@dataclass(frozen=True)
class Tick:
    """Nothing to know."""


@dataclass(frozen=True)
class TickContext:
    session: Session
    now: datetime


def nothing(context: TickContext, email: QueuedEmail[Tick]) -> Rendered:  # noqa: ARG001 - every renderer is called so
    return Rendered(email.to, "Nothing", "Nothing to say.\n", "<p>Nothing to say.</p>\n")


TICK = EmailType(name="tick", ttl=timedelta(days=1), payload=Tick, render=nothing)


@cache
def database() -> Database:
    return Database(load().database_url)


def post_letter(number: int) -> None:
    with database().writing() as session:
        ask(session, f"member{number}@example.com", system_clock())


def post_tick() -> None:
    with database().writing() as session:
        queue(session, TICK, to="a@example.com", payload=Tick(), now=system_clock())


def undone(number: int) -> None:
    with database().writing() as session:
        ask(session, f"member{number}@example.com", system_clock())
        session.rollback()


class Nowhere:
    """A transport that takes every letter and leaves its tick."""

    def send(self, envelope: Envelope) -> Reply:  # noqa: ARG002 - nobody reads it
        tick()
        return Reply(250, "ok")

    def disconnect(self) -> None:
        return


def members(count: int) -> None:
    now = system_clock()
    row = {"password_hash": "x" * 97, "created_at": now}
    names = [
        {"username": name, "username_key": name, "email": f"{name}@example.com", "email_key": f"{name}@example.com"}
        for name in (f"member{number}" for number in range(count))
    ]
    with database().writing() as session:
        session.execute(insert(Account), [row | name for name in names])


def work() -> None:
    sender = load().mail.sender
    delivery = Delivery(database(), bind_email_types({TICK.name: TICK}, TickContext), Nowhere(), sender, system_clock)
    Worker(database(), [delivery], notifier_for(database()), system_clock).run()


if __name__ == "__main__":
    members(1000) if sys.argv[1:] == ["members"] else work()

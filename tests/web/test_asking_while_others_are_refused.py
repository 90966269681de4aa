"""Requests for a reset email that share a transaction: one that is refused costs the others nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from journeys.trial import wait_for
from microblog.audit.models import Event
from microblog.mail import Email
from microblog.web.site import NAME
from support.running import RunningSite
from support.statements import statements
from support.visitor import Visitor

PAGE = "/reset_password_request"
NAMES = ("alice", "bob", "carol")
LONG = 20.0


def from_there(site: RunningSite, address: str) -> Visitor:
    return site.visitor(**{"X-Forwarded-For": address})


def ask(visitor: Visitor, token: str, name: str) -> int:
    return visitor.post(PAGE, {"csrf_token": token, "email": name}, follow=False).status


def test_one_refusal_undoes_nothing_that_others_wrote(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(TRUSTED_PROXIES="1", LIMIT_RESET_PER_CLIENT="1/hour").start(deliver=False)
    abuser = from_there(site, "192.0.2.1")
    assert abuser.submit(PAGE, email="victim").status == 200
    visitors = {name: from_there(site, f"198.51.100.{number}") for number, name in enumerate(NAMES, 1)}
    asking = [(abuser, "victim"), *((visitor, name) for name, visitor in visitors.items())]
    tokens = [visitor.token_in(visitor.get(PAGE)) for visitor, _ in asking]
    group_commit = site.app.extensions[NAME].group_commit
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: Session) -> None:
        begun.set()
        assert go_on.wait(LONG)

    with ThreadPoolExecutor(len(asking) + 1) as pool:
        held = pool.submit(group_commit.write, hold)
        assert begun.wait(LONG)
        answers = [pool.submit(ask, who, token, name) for (who, name), token in zip(asking, tokens, strict=True)]
        wait_for(lambda: len(group_commit._queue) == len(asking))
        with statements(site) as asked:
            go_on.set()
            assert [answer.result(LONG) for answer in answers] == [429, 303, 303, 303]
        held.result(LONG)
    assert len([one for one in asked if one.startswith("INSERT INTO outbox")]) == 1
    with site.database.reading() as session:
        assert sorted(session.scalars(select(Email.to))) == [*NAMES, "victim"]
        assert session.scalars(select(Event.detail)).all() == ["told_to_wait"]


def test_a_refused_request_is_not_counted_against_the_whole_site(site_with: Callable[..., RunningSite]) -> None:
    few = {"LIMIT_RESET_PER_CLIENT": "1/hour", "LIMIT_RESET_PER_SITE": "2/hour"}
    site = site_with(TRUSTED_PROXIES="1", **few).start(deliver=False)
    abuser, visitor = from_there(site, "192.0.2.1"), from_there(site, "198.51.100.1")
    assert [abuser.submit(PAGE, email="victim").status for _ in range(4)] == [200, 429, 429, 429]
    assert visitor.submit(PAGE, email="alice").status == 200

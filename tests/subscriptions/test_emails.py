"""What all subscribed letters have: an end in one click, a list to sort them by, and nothing that delays a recovery."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from microblog.digests.emails.weekly_digest import WEEKLY_DIGEST
from microblog.follows.emails.followed import FOLLOWED
from microblog.mail import Email, EmailType
from microblog.mail.leases import take
from microblog.posts.emails.mentioned import MENTIONED
from microblog.recovery.ask import ask
from subscriptions.post_office import deliver, followed
from support.clock import NOON
from support.community import add_member
from support.outbox import put_email
from support.running import RunningSite


def test_the_headers_end_it_with_one_click_and_name_the_list(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    followed(site, bob, alice)
    (letter,) = deliver(site, minutes=10)
    fields = letter.source.partition("\n\n")[0]
    assert f"List-Unsubscribe: <{site.base}/unsubscribe/ey" in fields
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in fields
    assert "List-Id: <followed.microblog.localhost>" in fields


@pytest.mark.parametrize("kind", [WEEKLY_DIGEST, FOLLOWED, MENTIONED], ids=lambda kind: kind.name)
def test_a_thousand_that_wait_do_not_delay_a_reset_letter(site: RunningSite, kind: EmailType[Any, Any]) -> None:
    row = {"kind": kind.name, "urgent": kind.urgent, "to": "x@example.com", "address_key": None, "payload": {}}
    times = {"queued_at": NOON, "due_at": NOON - timedelta(hours=1), "expires_at": NOON + timedelta(days=1)}
    with site.database.writing() as session:
        session.execute(insert(Email), [{**row, **times, "state": "waiting", "tries": 0, "reason": ""}] * 1000)
        ask(session, "alice", site.clock())
    with site.database.writing() as session:
        claimed = take(session, "a worker", 20, site.clock())
        assert "reset_password" in [lease.email.kind for lease in claimed]


def test_a_limited_rate_leaves_room_for_a_reset_letter(site: RunningSite) -> None:
    """Where MAIL_RATE leaves no room for others, urgent letters still go."""
    put_email(site.database, kind=WEEKLY_DIGEST.name, urgent=WEEKLY_DIGEST.urgent)
    with site.database.writing() as session:
        ask(session, "alice", site.clock())
    with site.database.writing() as session:
        claimed = take(session, "a worker", 20, site.clock(), others=0)
        assert [lease.email.kind for lease in claimed] == ["reset_password"]

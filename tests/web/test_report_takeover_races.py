"""\"This wasn't me\" while a stranger sets the password once more: on PostgreSQL, where a row lock makes the moment."""

import re
import threading

import pytest
from sqlalchemy import select

from microblog.auth import end_sessions, hash_password
from microblog.identity import Account
from microblog.origin import Origin
from microblog.recovery.reset import change_password
from support.members import member
from support.recoveries import opened_by_email
from support.running import PASSWORD, RunningSite
from web.moments import until_somebody_waits
from web.recovering import BACK_IN, OWNERS, THIEFS, account_of, choose, link_of, reset, say_so


@pytest.fixture
def site(on_postgres: RunningSite) -> RunningSite:
    """A trial on PostgreSQL."""
    return on_postgres.start()


def test_a_password_set_in_the_same_moment_is_undone_too(site: RunningSite) -> None:
    member(site, "alice")
    link = reset(site, 1, THIEFS)
    owner = site.visitor()
    presses = threading.Thread(target=lambda: say_so(owner, link))
    again = hash_password(f"{THIEFS} and again")
    with site.database.writing() as db:
        change_password(db, opened_by_email(db, account_of(site)), again, site.clock(), Origin())
        presses.start()
        until_somebody_waits(site)
    presses.join()
    assert account_of(site).password_hash != again
    choose(site.visitor(), link_of(site, BACK_IN, 1), OWNERS)
    assert site.visitor().sign_in("alice", OWNERS).title == "Hi, alice!"


@pytest.mark.parametrize("way", ["/logout", "/account/logins/end-others", "/account/logins/{}/end"])
def test_a_stranger_who_signs_out_in_the_same_moment_does_not_stand_in_the_way(site: RunningSite, way: str) -> None:
    stranger = member(site, "alice")
    other = site.visitor()
    other.sign_in("alice", PASSWORD)
    page = stranger.get("/account/logins")
    (number,) = re.findall(r"/account/logins/(\d+)/end", page.text)
    fields, statuses = {"csrf_token": stranger.token_in(page)}, list[int]()

    def leave() -> None:
        statuses.append(stranger.post(way.format(number), fields, follow=False).status)

    leaves = threading.Thread(target=leave)
    with site.database.writing() as db:
        account_id = db.scalars(
            select(Account.id).with_for_update()
        ).one()  # as whoever takes the account back holds it
        leaves.start()
        until_somebody_waits(site)
        assert end_sessions(db, account_id) == 2
    leaves.join()
    assert statuses[0] in (303, 404)  # 404: the login that was to end has ended

"""/account/logins: where a member is signed in, and the end of it."""

import re
from datetime import timedelta

from sqlalchemy import insert, select

from microblog.auth.models import SignInSession
from support.members import events_of, member
from support.running import PASSWORD, RunningSite
from support.visitor import Answer, Visitor

FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/130.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def signed_in(site: RunningSite, agent: str) -> Visitor:
    browser = site.visitor(**{"User-Agent": agent})
    browser.sign_in("alice", PASSWORD)
    return browser


def login_of(site: RunningSite, device: str) -> int:
    with site.database.reading() as db:
        return db.scalars(select(SignInSession.id).where(SignInSession.device == device)).one()


def end(visitor: Visitor, which: str) -> Answer:
    page = visitor.get("/account/logins")
    return visitor.post(f"/account/logins/{which}", {"csrf_token": visitor.token_in(page)})


def test_each_login_is_listed_with_device_network_and_times_the_newest_first(site: RunningSite) -> None:
    member(site, "alice")
    member(site, "bob")
    site.clock.move(hours=1)
    signed_in(site, IPHONE)
    site.clock.move(hours=1)
    page = signed_in(site, FIREFOX).get("/account/logins")
    listed = re.findall(r"<li class=\"my-login\">(.*?)</li>", page.text, re.DOTALL)
    assert [re.findall(r"<strong>(.*?)</strong>", one)[0] for one in listed] == [
        "Firefox on Windows",
        "Safari on iPhone",
        "An unknown browser on an unknown system",
    ]
    assert ["this browser" in one for one in listed] == [True, False, False]
    assert all("Network 127.0.0.0/24" in one for one in listed)
    assert [re.findall(r"\d\d:\d\d UTC", one)[0] for one in listed] == ["14:00 UTC", "13:00 UTC", "12:00 UTC"]
    assert page.text.count('/end"') == 2  # this one ends by signing out


def test_a_login_that_is_ended_is_out_at_once(site: RunningSite) -> None:
    alice, phone = member(site, "alice"), signed_in(site, IPHONE)
    done = end(alice, f"{login_of(site, 'Safari on iPhone')}/end")
    assert "That browser is signed out." in done.words
    assert "Safari" not in done.words
    assert phone.signed_in_as() is None
    assert alice.signed_in_as() == "alice"
    assert events_of(site, "alice")[-1] == "session_ended"
    assert "Safari on iPhone" in alice.get("/account/events").words


def test_it_ends_once(site: RunningSite) -> None:
    alice = member(site, "alice")
    signed_in(site, IPHONE)
    which = f"{login_of(site, 'Safari on iPhone')}/end"
    assert [end(alice, which).status for _ in range(2)] == [200, 404]
    assert events_of(site, "alice").count("session_ended") == 1


def test_all_others_end_together(site: RunningSite) -> None:
    alice, phone, laptop, bob = (
        member(site, "alice"),
        signed_in(site, IPHONE),
        signed_in(site, FIREFOX),
        member(site, "bob"),
    )
    done = end(alice, "end-others")
    assert "Every other browser is signed out." in done.words
    assert [one.signed_in_as() for one in (alice, phone, laptop, bob)] == ["alice", None, None, "bob"]
    assert "2 others" in alice.get("/account/events").words
    assert "You were signed in nowhere else." in end(alice, "end-others").words
    assert events_of(site, "alice").count("session_ended") == 1


def test_ending_this_very_login_signs_out(site: RunningSite) -> None:
    member(site, "alice")
    phone = signed_in(site, IPHONE)
    assert end(phone, f"{login_of(site, 'Safari on iPhone')}/end").title == "Sign in"
    assert phone.signed_in_as() is None


def test_a_login_that_has_run_out_is_not_listed(site: RunningSite) -> None:
    member(site, "alice")
    signed_in(site, IPHONE)
    site.clock.move(days=8)
    assert "Safari" not in signed_in(site, FIREFOX).get("/account/logins").words


def test_of_very_many_logins_a_hundred_are_listed_and_all_can_be_ended(site: RunningSite) -> None:
    alice = member(site, "alice")
    with site.database.writing() as db:
        (own,) = db.scalars(select(SignInSession))
        facts = {"account_id": own.account_id, "remembered": False, "created_at": own.created_at, "network": ""}
        times = {"expires_at": own.expires_at, "seen_at": own.seen_at - timedelta(hours=1), "device": "Firefox on Mac"}
        db.execute(insert(SignInSession), [{**facts, **times, "secret_hash": f"{number:064}"} for number in range(120)])
    page = alice.get("/account/logins")
    assert page.text.count('class="my-login"') == 100
    assert "These are the 100 used last; there are more." in page.words
    done = end(alice, "end-others")
    assert done.text.count('class="my-login"') == 1
    assert "there are more" not in done.words

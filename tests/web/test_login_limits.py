"""How often somebody may try to sign in: guessing is slow, and no stranger can keep an owner out."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from microblog import context
from microblog.audit import EventType
from microblog.audit.models import Event
from microblog.limits import Allowance
from microblog.settings import Rate
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import HIDDEN, Answer, Visitor

MakeSite = Callable[..., RunningSite]
FORGOT = "/reset_password_request"


@pytest.fixture
def alice_and_bob(site_with: MakeSite) -> MakeSite:
    """Makes a site with other limits, and Alice and Bob in it."""

    def make(**limits: str) -> RunningSite:
        site = site_with(**limits).start()
        for name in ("alice", "bob"):
            member(site, name)
        return site

    return make


def at(site: RunningSite, address: str) -> Visitor:
    """A new browser at a network address."""
    return site.visitor(**{"X-Forwarded-For": address})


def botnet(site: RunningSite, name: str, tries: int) -> list[int]:
    """Guess at a name, each time from another address, and return the answers' statuses."""
    return [at(site, f"203.0.{number}.9").sign_in(name, NEW_PASSWORD).status for number in range(tries)]


def compared(answer: Answer, name: str) -> tuple[int, str | None, list[str], str]:
    """What may tell nothing of whose name it was."""
    page = HIDDEN.sub("", answer.text).replace(f'"{name}"', "")
    return answer.status, answer.headers["Retry-After"], sorted(answer.headers.keys()), page


def test_too_many_tries_for_one_name_are_told_to_wait_and_others_go_on(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_IDENTIFIER="2/hour")
    visitor = site.visitor()
    for name in ("alice", "ALICE"):
        assert visitor.sign_in(name, NEW_PASSWORD).status == 422
    answer = visitor.sign_in("alice", PASSWORD)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1800"
    assert "Please wait 30 minutes" in answer.words
    assert answer.value_of("username") == "alice"
    assert PASSWORD not in answer.text
    assert site.visitor().sign_in("bob", PASSWORD).title == "Hi, bob!"
    site.clock.move(minutes=30)
    assert visitor.sign_in("alice", PASSWORD).title == "Hi, alice!"


@pytest.mark.parametrize(
    "limits", [{"LIMIT_SIGN_IN_PER_IDENTIFIER": "1/hour"}, {"LIMIT_SIGN_IN_PER_ACCOUNT": "1/hour"}], ids=str
)
def test_a_name_nobody_has_is_limited_like_any_other(alice_and_bob: MakeSite, limits: dict[str, str]) -> None:
    site = alice_and_bob(**limits)
    pages = {}
    for name in ("alice", "nobody", "alice@example.com", "nobody@example.com"):
        visitor = site.visitor()
        assert visitor.sign_in(name, NEW_PASSWORD).status == 422
        pages[name] = compared(visitor.sign_in(name, NEW_PASSWORD), name)
    assert pages["alice"][0] == 429
    assert all(page == pages["alice"] for page in pages.values())


def test_a_hundred_wrong_tries_from_one_address_do_not_keep_the_owner_out_at_another(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1")
    attacker = at(site, "203.0.113.9")
    statuses = [attacker.sign_in("alice", NEW_PASSWORD).status for _ in range(100)]
    assert statuses == [422] * 30 + [429] * 70
    assert at(site, "198.51.100.7").sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_tries_from_one_client_are_limited_whatever_the_names(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_CLIENT="5/hour")  # Alice and Bob signed in once each
    for name in ("a-one", "b-two", "c-three"):
        assert site.visitor().sign_in(name, NEW_PASSWORD).status == 422
    assert site.visitor().sign_in("alice", PASSWORD).status == 429


def rename(site: RunningSite, *names: str) -> None:
    """Let Bob go by one name after the other."""
    bob = at(site, "198.51.100.1")
    bob.sign_in("bob", PASSWORD)
    for name in names:
        assert "saved" in bob.submit("/edit_profile", username=name, about_me="").words


@pytest.mark.parametrize(
    "limits", [{"LIMIT_SIGN_IN_PER_IDENTIFIER": "2/hour"}, {"LIMIT_SIGN_IN_PER_ACCOUNT": "2/hour"}], ids=str
)
def test_a_limit_does_not_tell_which_usernames_were_the_same_members(
    alice_and_bob: MakeSite, limits: dict[str, str]
) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", **limits)
    rename(site, "robert")
    stranger = at(site, "203.0.113.9")
    for first, second in (("bob", "robert"), ("nobody", "alice")):
        assert [stranger.sign_in(first, NEW_PASSWORD).status for _ in range(3)] == [422, 422, 429]
        assert [stranger.sign_in(second, NEW_PASSWORD).status for _ in range(3)] == [422, 422, 429]


def test_many_former_usernames_together_guess_no_faster_than_one_name(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", LIMIT_SIGN_IN_PER_ACCOUNT="2/hour")
    rename(site, "robert", "rob", "bobby")
    for name in ("bob", "robert"):
        assert at(site, "203.0.113.9").sign_in(name, NEW_PASSWORD).status == 422
    in_vain = at(site, "203.0.113.10").sign_in("rob", PASSWORD)
    nobody = at(site, "203.0.113.11").sign_in("nobody", PASSWORD)
    assert compared(in_vain, "rob") == compared(nobody, "nobody"), "no stranger sees that it was one try too many"
    assert at(site, "203.0.113.12").sign_in("bobby", PASSWORD).title == "Hi, bobby!", "the present name goes on"
    with site.database.reading() as db:
        last = select(Event).where(Event.kind == EventType.SIGN_IN_REFUSED, Event.account_id.is_not(None))
        assert db.scalars(last.order_by(Event.id.desc())).first().detail == "too_many_tries"  # type: ignore[union-attr]
    site.clock.move(minutes=30)
    assert at(site, "203.0.113.13").sign_in("rob", PASSWORD).title == "Hi, bobby!"


def test_signing_in_by_a_former_username_uses_up_nothing(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", LIMIT_SIGN_IN_PER_ACCOUNT="1/hour")
    rename(site, "robert")
    for number in range(3):
        assert at(site, f"203.0.113.{number}").sign_in("bob", PASSWORD).title == "Hi, robert!"


def test_many_addresses_together_guess_no_faster_than_the_accounts_limit(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", LIMIT_SIGN_IN_PER_ACCOUNT="3/hour")
    assert botnet(site, "alice", 5) == [422, 422, 422, 429, 429]
    assert at(site, "203.0.113.77").sign_in("alice", PASSWORD).status == 429
    assert at(site, "203.0.113.78").sign_in("bob", PASSWORD).title == "Hi, bob!"
    site.clock.move(minutes=20)
    assert botnet(site, "alice", 2) == [422, 429], "one more every twenty minutes"


def test_a_limit_does_not_tell_that_a_username_and_an_address_belong_together(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", LIMIT_SIGN_IN_PER_ACCOUNT="2/hour")
    assert botnet(site, "alice", 3)[-1] == 429
    assert at(site, "203.0.113.1").sign_in("alice@example.com", NEW_PASSWORD).status == 422


def test_a_botnet_does_not_keep_the_owner_out_of_a_browser_that_is_known(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", LIMIT_SIGN_IN_PER_ACCOUNT="3/hour", LIMIT_SIGN_IN_PER_CLIENT="10/hour")
    owner = at(site, "198.51.100.7")
    owner.sign_in("alice", PASSWORD)
    owner.sign_out()
    botnet(site, "alice", 5)
    for name in ("alice", "alice", "alice", *map(str, range(100, 110))):  # also in the owner's own network
        at(site, "198.51.100.7").sign_in(name, NEW_PASSWORD)
    assert at(site, "198.51.100.7").sign_in("alice", PASSWORD).status == 429
    assert owner.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_an_owner_on_a_new_browser_gets_in_by_a_reset_that_makes_it_known(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(TRUSTED_PROXIES="1", LIMIT_SIGN_IN_PER_ACCOUNT="3/hour")
    botnet(site, "alice", 5)
    owner = at(site, "198.51.100.7")
    assert owner.sign_in("alice", PASSWORD).status == 429
    owner.submit(FORGOT, email="alice")
    reset = owner.get(link_in(site.letters(1)[-1].text))
    new = {"password": NEW_PASSWORD + "s", "password2": NEW_PASSWORD + "s"}
    owner.post(reset.url, {"csrf_token": owner.token_in(reset), **new})
    assert botnet(site, "alice", 1) == [429]
    assert owner.sign_in("alice", NEW_PASSWORD + "s").title == "Hi, alice!"


def test_a_known_browser_has_an_allowance_of_its_own_and_no_more(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_IDENTIFIER="2/hour")
    browser = site.visitor()
    browser.sign_in("alice", PASSWORD)
    browser.sign_out()
    assert [browser.sign_in("alice", NEW_PASSWORD).status for _ in range(3)] == [422, 422, 429]
    assert site.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!", "it used up nobody else's"


def test_signing_in_often_uses_up_nothing(alice_and_bob: MakeSite) -> None:
    limits = {"LIMIT_SIGN_IN_PER_IDENTIFIER": "1/hour", "LIMIT_SIGN_IN_PER_ACCOUNT": "1/hour"}
    site = alice_and_bob(**limits)
    browser = site.visitor()
    for _ in range(3):
        assert browser.sign_in("alice", PASSWORD).title == "Hi, alice!"
        browser.sign_out()
        assert site.visitor().sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_tries_over_a_limit_are_noted_and_do_not_fill_the_disk(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_IDENTIFIER="1/hour")
    for _ in range(10):
        site.visitor().sign_in("alice", NEW_PASSWORD)
        site.visitor().sign_in("nobody", NEW_PASSWORD)
    with site.database.reading() as db:
        refused = select(Event).where(Event.kind == EventType.SIGN_IN_REFUSED).order_by(Event.id)
        details = [(event.account_id is None, event.detail) for event in db.scalars(refused)]
    assert details[:2] == [(False, "wrong_password"), (True, "no_such_name")]
    assert details[2:] == [(False, "too_many_tries"), (True, "too_many_tries")] * 6


def test_nor_does_whoever_tries_another_name_each_time(
    alice_and_bob: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "LOGGED_PER_CLIENT", Rate(3, 3600))
    monkeypatch.setattr(context, "LOGGED", Rate(5, 3600))
    site = alice_and_bob(LIMIT_SIGN_IN_PER_CLIENT="2/hour", TRUSTED_PROXIES="1")
    for network in (1, 2):
        for number in range(8):
            at(site, f"203.0.{network}.9").sign_in(f"nobody{number}", NEW_PASSWORD)
    with site.database.reading() as db:
        refused = db.scalars(select(Event).where(Event.kind == EventType.SIGN_IN_REFUSED)).all()
        rows = db.scalar(select(func.count()).select_from(Allowance)) or 0
    assert Counter((one.network, one.detail) for one in refused) == {
        ("203.0.1.0/24", "no_such_name"): 2,
        ("203.0.1.0/24", "too_many_tries"): 3,
        ("203.0.2.0/24", "no_such_name"): 2,
        ("203.0.2.0/24", "too_many_tries"): 2,
    }
    assert rows < 25, "nor is a row kept for each name that is not noted"

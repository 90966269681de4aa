"""How often somebody may try to sign in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import CSRF

MakeSite = Callable[..., RunningSite]


@pytest.fixture
def site_with(tmp_path: Path, database_url: str) -> Iterator[MakeSite]:
    """Makes a site with other settings. It is stopped in the end, also where the test fails."""
    with ExitStack() as stack:

        def make(**environ: str) -> RunningSite:
            made = RunningSite(tmp_path / "data", database_url, environ)
            stack.callback(made.stop)
            return made

        yield make


@pytest.fixture
def alice_and_bob(site_with: MakeSite) -> MakeSite:
    """Makes a site with other limits, and Alice and Bob in it."""

    def make(**limits: str) -> RunningSite:
        site = site_with(**limits).start()
        site.sign_up("alice")
        site.sign_up("bob")
        return site

    return make


def test_too_many_tries_for_one_name_are_told_to_wait_and_others_go_on(
    alice_and_bob: MakeSite,
) -> None:
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


def test_a_name_nobody_has_is_limited_like_any_other(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_IDENTIFIER="1/hour")
    pages = {}
    for name in ("alice", "nobody"):
        visitor = site.visitor()
        visitor.sign_in(name, NEW_PASSWORD)
        answer = visitor.sign_in(name, NEW_PASSWORD)
        pages[name] = (answer.status, answer.headers["Retry-After"], CSRF.sub("", answer.text).replace(name, ""))
    assert pages["alice"] == pages["nobody"]
    assert pages["alice"][0] == 429


def test_somebody_elses_wrong_tries_do_not_lock_the_owner_out(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_IDENTIFIER="1/hour", TRUSTED_PROXIES="1")
    attacker = site.visitor(**{"X-Forwarded-For": "203.0.113.9"})
    attacker.sign_in("alice", NEW_PASSWORD)
    assert attacker.sign_in("alice", NEW_PASSWORD).status == 429
    owner = site.visitor(**{"X-Forwarded-For": "198.51.100.7"})
    assert owner.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_tries_from_one_client_are_limited_whatever_the_names(alice_and_bob: MakeSite) -> None:
    site = alice_and_bob(LIMIT_SIGN_IN_PER_CLIENT="3/hour")
    for name in ("a-one", "b-two", "c-three"):
        assert site.visitor().sign_in(name, NEW_PASSWORD).status == 422
    assert site.visitor().sign_in("alice", PASSWORD).status == 429

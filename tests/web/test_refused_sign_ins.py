"""A refused sign-in: noted with its reason, and by nothing but that reason different from any other."""

from collections.abc import Callable
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from microblog.audit import EventType, hash_identifier
from microblog.audit.models import Event
from microblog.auth import passwords, unusable_hash
from microblog.identity import Account
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.statements import statements

pytestmark = pytest.mark.real_argon2

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
NAMES = {
    "nobody": "no_such_name",
    "nobody@example.com": "no_such_name",
    "alice": "wrong_password",
    "alice@example.com": "wrong_password",
    "locked": "password_locked",
    "gone": "account_deactivated",
}


@pytest.fixture
def people(site_with: Callable[..., RunningSite]) -> RunningSite:
    """A site with a member of each kind."""
    site = site_with(LIMIT_SIGN_IN_PER_CLIENT="off").start(deliver=False)
    for name in ("alice", "locked", "gone"):
        member(site, name)
    with site.database.writing() as db:
        db.execute(update(Account).where(Account.username == "locked").values(password_hash=unusable_hash()))
        db.execute(update(Account).where(Account.username == "gone").values(deactivated_at=site.clock()))
    return site


def refusals(site: RunningSite) -> list[Event]:
    """Every refused sign-in, in order."""
    with site.database.reading() as db:
        return list(db.scalars(select(Event).where(Event.kind == EventType.SIGN_IN_REFUSED).order_by(Event.id)))


def test_each_is_an_event_with_its_reason_and_origin_and_nothing_that_was_typed(people: RunningSite) -> None:
    for name in NAMES:
        people.visitor(**{"User-Agent": FIREFOX}).sign_in(name, PASSWORD if name in ("locked", "gone") else "wrong")
    found = refusals(people)
    assert [one.detail for one in found] == list(NAMES.values())
    assert {(one.device, one.network, one.at) for one in found} == {
        ("Firefox on Windows", "127.0.0.0/24", people.clock())
    }
    key = people.settings.keys("events")[0]
    assert [one.about for one in found] == [
        hash_identifier(key, "nobody"),
        hash_identifier(key, "nobody@example.com"),
        "",
        "",
        "",
        "",
    ]
    assert [one.account_id is None for one in found] == [True, True, False, False, False, False]
    assert found[2].account_id == found[3].account_id != found[4].account_id


def test_each_asks_the_database_the_same_and_hashes_once(people: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: dict[str, tuple[list[str], list[str]]] = {}
    hashed: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, kept: str | bytes, typed: str | bytes) -> Literal[True]:
            hashed.append(str(kept).rpartition("$")[0].rpartition("$")[0])  # how, without the salt
            return super().verify(kept, typed)

    monkeypatch.setattr(passwords, "hasher", Counting())
    for name in NAMES:
        visitor = people.visitor()
        page = visitor.get("/login")
        hashed.clear()
        with statements(people) as asked:
            answer = visitor.post(
                page.url, {"csrf_token": visitor.token_in(page), "username": name, "password": NEW_PASSWORD}
            )
        assert answer.status == 422
        kinds[name] = (["by key" if "FROM accounts" in one else one for one in asked], [*hashed])
    assert kinds["alice"][1] == ["$argon2id$v=19$m=19456,t=2,p=1"], "what is none would be refused at once"
    assert any("INSERT INTO events" in one for one in kinds["alice"][0])
    assert all(kind == kinds["alice"] for kind in kinds.values())


def test_one_over_a_limit_asks_the_same_whoever_has_the_name(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_ACCOUNT="1/hour").start(deliver=False)
    member(site, "alice")
    kinds = []
    for name in ("alice", "nobody"):
        visitor = site.visitor()
        visitor.sign_in(name, "wrong")
        page = visitor.get("/login")
        with statements(site) as asked:
            fields = {"csrf_token": visitor.token_in(page), "username": name, "password": "wrong"}
            assert visitor.post(page.url, fields).status == 429
        kinds.append(asked)
    assert kinds[0] == kinds[1]
    assert [one.detail for one in refusals(site)][1::2] == ["too_many_tries"] * 2

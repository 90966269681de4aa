"""Thousands of things that nobody would type: no fault of ours, and no change beyond what a good form makes.

`FUZZ=20 make test ARGS=tests/security/test_fuzzing.py` sends twenty times as many.
"""

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import TestResponse

from microblog.settings import SETTINGS
from microblog.web.urls.link_repair import repair_token
from security.fuzzing import Door, Range, Sent, requests, urlencoded, well_filled
from security.town import settle
from support.dump import Dump, changed
from support.places import places
from support.running import RunningSite

TIMES = int(os.environ.get("FUZZ", "1"))
UNLIMITED = {setting.name: "off" for setting in SETTINGS if setting.name.startswith("LIMIT_")}
WELL = {200, 303, 308, 400, 403, 404, 405, 409, 410, 413, 415, 422, 429}
ASKED_FOR = (
    "about_me avatar back backup change code codes csrf_token current_password digest email followed form_id kind "
    "mentioned number once password password2 post remember_me search sign_up state sure username"
)
"""Every field of every form: a new one is added here by whoever has looked at what it asks for."""
COUNTED = {"allowances", "events"}
"""Tables that a refused form may leave a row in: that somebody tried."""
OWN = {
    "a stranger": set[str](),
    "a member": {"bobby"},
    "an admin": {"carol"},
    "whoever opened the letters": {"alice", "bobby", "carol", "dave", "erin", "frank"},
}
"""Whose accounts a form may change, by whose browser it is sent from."""
pytestmark = pytest.mark.timeout(120 * TIMES)


def several(examples: int) -> settings:
    """So many examples, or more where that was asked for."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples * TIMES, deadline=None, suppress_health_check=quiet)


@pytest.fixture(scope="module")
def shooting(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Range]:
    """A town without limits."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("range")
        url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'microblog.db')}"
        site = RunningSite(folder, url, {**UNLIMITED, "ADMINS": "carol@example.com"})
        stack.callback(site.stop)
        shooting = stack.enter_context(closing(Range(settle(site.start()))))
        yield shooting


def test_every_form_is_found(shooting: Range) -> None:
    found = {(door.who, re.sub(r"\d+", "N", door.form.path)) for door in shooting.doors}
    assert {
        ("a stranger", "/login"),
        ("a stranger", "/register"),
        ("a stranger", "/reset_password_request"),
        ("a member", "/logout"),
        ("an admin", "/admin/mail"),
        ("an admin", "/admin/mail/N/retry"),
        ("an admin", "/admin/mail/N/drop"),
        ("whoever opened the letters", "/reset_password"),
        ("whoever opened the letters", "/register/finish"),
    } <= found


def test_no_form_asks_for_a_hint_or_for_the_answer_to_a_question(shooting: Range) -> None:
    assert {name for door in shooting.doors for name in door.form.kinds} == set(ASKED_FOR.split())


def test_every_place_that_takes_a_form_is_shot_at(shooting: Range) -> None:
    rules = shooting.app.url_map.bind("localhost")
    found = {rules.match(door.form.path, door.form.method)[0] for door in shooting.doors}
    assert {place.endpoint for place in places(shooting.app) if "POST" in place.methods} - found == set()


def fine(answer: TestResponse, base: str) -> bool:
    """Tell whether this is an answer of ours, no fault of ours, and leads nowhere else."""
    where = answer.headers.get("Location", "/")
    stays = where.startswith(base) or (where.startswith("/") and where[1:2] not in ("/", "\\"))
    return answer.status_code in WELL and stays and "Content-Security-Policy" in answer.headers


OWNER = {
    "accounts": "id",
    **dict.fromkeys(("profiles", "subscriptions", "sessions", "backup_emails", "address_changes"), "account_id"),
    "posts": "author_id",
    "follows": "follower_id",
}
"""Whose a row is, by the column that says so."""


def of_others(held: Dump, own: set[str]) -> set[str]:
    """The rows that are none of the business of whoever has these numbers."""
    owned = {table: re.compile(rf"'{column}': (\d+)") for table, column in OWNER.items()}
    return {
        f"{table} {row}" for table, whose in owned.items() for row in held[table] if whose.findall(row)[0] not in own
    }


def numbers(held: Dump, names: set[str]) -> set[str]:
    """The numbers of members."""
    return {re.findall(r"'id': (\d+)", row)[0] for row in held["accounts"] for one in names if f"'{one}'" in row}


def test_whatever_is_sent_to_a_form_nothing_breaks_and_nothing_changes_that_should_not(shooting: Range) -> None:
    seen = {shot(shooting, door, urlencoded(well_filled(door, set()))) for door in shooting.doors}

    @given(requests(shooting.doors))
    @several(1500)
    def send(request: tuple[Door, Sent]) -> None:
        seen.add(shot(shooting, *request))

    send()
    assert {200, 303, 400, 422} <= {status for _, status in seen}
    assert {path for path, status in seen if status == 303} >= DONE


DONE = {
    *("/register", "/reset_password_request", "/reset_password", "/logout", "/index", "/edit_profile"),
    *("/follow/carol", "/unfollow/bobby", "/post/3/delete", "/post/2/restore", "/account/letters"),
    *("/account/logins/1/end", "/account/logins/end-others", "/account/address/back"),
}
"""Forms that do what they are for when they are filled in well."""


def shot(shooting: Range, door: Door, sent: Sent) -> tuple[str, int]:
    """Send something to a form, and return where it went and how it was answered."""
    answer = shooting.send(door, sent)
    after = shooting.after()
    assert fine(answer, shooting.town.site.base), answer.status
    new = changed(shooting.before, after)
    if answer.status_code >= 400:
        assert new.keys() <= COUNTED, new
    if door.form.method == "GET":
        assert not new
    own = numbers(shooting.before, OWN[door.who])
    assert of_others(shooting.before, own) <= of_others(after, own)
    return door.form.path, answer.status_code


URL_SAFE = st.text("ABCabc019-_.= \n%/é\0", max_size=12)
PARTS = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "reset_password", "exp", "iss", "aud", "state"]),
    st.sampled_from(["HS256", "none", "JWT", 1, 2, -1, 2**70, 1e300, None, True, [], {}, "reset_password"]),
).map(lambda some: base64.urlsafe_b64encode(json.dumps(some).encode()).decode().rstrip("="))


@st.composite
def tokens(draw: st.DrawFn, genuine: list[str]) -> str:
    """Draw a token: a genuine one with something done to it, pieces of several, or one of made-up pieces."""
    token = draw(st.sampled_from(genuine))
    how = draw(st.integers(0, 3))
    if how == 0:
        start, end = sorted((draw(st.integers(0, len(token))), draw(st.integers(0, len(token)))))
        return token[:start] + draw(URL_SAFE | st.text(max_size=5)) + token[end:]
    if how == 1:
        pieces = [draw(st.sampled_from(genuine)).split(".")[number % 3] for number in draw(st.permutations(range(3)))]
        return ".".join(pieces)
    if how == 2:
        return ".".join([draw(PARTS), draw(PARTS), draw(PARTS | st.just(token.split(".")[2]))])
    return draw(st.text(max_size=80) | URL_SAFE)


def test_whatever_is_made_of_a_token_it_opens_nothing(shooting: Range) -> None:
    town = shooting.town
    real = {link.removeprefix(town.site.base) for link in town.links if link.count(".") >= 2}
    doors = sorted({path.rsplit("/", 1)[0] for path in real})
    assert len(doors) >= 2

    @given(tokens([path.rsplit("/", 1)[1] for path in real]), st.sampled_from(doors))
    @several(1500)
    def open_(token: str, door: str) -> None:
        path = f"{door}/{quote(token, safe='', errors='surrogatepass')}"
        client = town.site.app.test_client()
        answer = client.get(path, base_url=town.site.base, buffered=True)
        if answer.headers.get("Location", "").startswith(f"{door}/"):  # without a line break that no address can have
            answer = client.get(answer.headers["Location"], base_url=town.site.base, buffered=True)
        assert fine(answer, town.site.base), answer.status
        if f"{door}/{repair_token(token)}" not in real:
            assert answer.status_code in (308, 400, 404, 410)
            assert client.get(door, base_url=town.site.base).status_code in (308, 400, 404, 410)

    open_()
    assert changed(shooting.before, shooting.after()) == {}


def test_whatever_is_made_of_a_cookie_it_signs_nobody_in(shooting: Range) -> None:
    town = shooting.town
    good = str(town.people["a member"].cookies["microblog"].value)

    @given(st.integers(0, len(good)), st.integers(0, len(good)), st.text("ABab01.-_= ;,é", max_size=6))
    @several(300)
    def come(start: int, end: int, more: str) -> None:
        cookie = good[: min(start, end)] + more + good[max(start, end) :]
        client = town.site.app.test_client()
        client.set_cookie("microblog", cookie, domain="localhost")
        answer = client.get("/index", base_url=town.site.base)
        assert fine(answer, town.site.base)
        said = re.sub(r"[^A-Za-z0-9._-]", "", cookie.rpartition(".")[0])  # itsdangerous passes over what is no base64
        assert answer.status_code == 303 or said == good.rpartition(".")[0]

    come()
    assert changed(shooting.before, shooting.after()) == {}


def test_a_change_to_somebody_elses_account_is_seen_and_undone(shooting: Range) -> None:
    with shooting.town.site.database.writing() as session:
        session.execute(text("UPDATE accounts SET password_hash = 'x' WHERE username = 'bobby'"))
    after = shooting.after()
    assert of_others(shooting.before, set()) - of_others(after, set())
    assert shooting.after() == shooting.before

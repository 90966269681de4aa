"""Who may do what, at every address of the site: Alice, whose everything is, Bob, another member, and a stranger.

That HEAD answers as GET does, and that no other method does anything, is in test_every_answer.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from werkzeug.test import TestResponse

from security.conftest import ENVIRON
from security.neighbours import Neighbours, Person, move_in, owned
from support.places import ARGUMENT, SAFE
from support.running import RunningSite

PROVEN = {"current_password": "{password}"}
CHOSEN = {"password": "nine herons on the weir", "password2": "nine herons on the weir"}
SURE = {"sure": "y"}
HERS = {"account_id": "{id}", "user_id": "{id}", "id": "{id}", "owner": "{alice}"}
"""What every form is sent besides: whose it should be, if anything believed it."""
ARGUMENTS = {
    "/post/<number>": "{post}",
    "/post/<number>/delete": "{post}",
    "/post/<number>/restore": "{gone}",
    "/account/logins/<number>/end": "{login}",
    "/admin/mail/<number>": "{letter}",
    "/admin/mail/<number>/retry": "{letter}",
    "/admin/mail/<number>/drop": "{letter}",
    "/tag/<tag>": "{tag}",
    "/admin/letters/<name>": "reset_password",
    "/admin/letters/<name>/html": "reset_password",
}
"""What stands in an address: what is Alice's by its number; else her name, or a link or key that nobody was sent."""
FOLLOWS = {"/follow/<username>", "/unfollow/<username>"}


@dataclass(frozen=True)
class Row:
    """What Alice, Bob and a stranger are answered, and what each types into the form."""

    owner: int
    other: int
    stranger: int
    fields: dict[str, str] = field(default_factory=dict)


TABLE: dict[str, Row] = {
    "GET /account": Row(200, 200, 303),
    "GET /account/password": Row(200, 200, 303),
    "POST /account/password": Row(303, 303, 303, {**PROVEN, **CHOSEN}),
    "GET /account/address": Row(200, 200, 303),
    "POST /account/address": Row(303, 303, 303, {**PROVEN, "email": "{me}.moved@example.com"}),
    "GET /account/address/confirm/": Row(400, 400, 400),
    "GET /account/address/confirm/<path:token>": Row(400, 400, 400),
    "GET /account/address/confirm": Row(400, 400, 400),
    "POST /account/address/confirm": Row(400, 400, 400, {"number": "{move}", **PROVEN}),
    "GET /account/address/back/": Row(400, 400, 400),
    "GET /account/address/back/<path:token>": Row(400, 400, 400),
    "GET /account/address/back": Row(400, 400, 400),
    "POST /account/address/back": Row(400, 400, 400, {"number": "{move}", **SURE}),
    "GET /account/logins": Row(200, 200, 303),
    "POST /account/logins/<number>/end": Row(303, 404, 303),
    "POST /account/logins/end-others": Row(303, 303, 303),
    "GET /account/events": Row(200, 200, 303),
    "GET /account/download": Row(200, 200, 303),
    "POST /account/download": Row(200, 200, 303, PROVEN),
    "GET /account/delete": Row(200, 200, 303),
    "POST /account/delete": Row(303, 303, 303, {**PROVEN, **SURE}),
    "GET /account/confirm/": Row(400, 400, 400),
    "GET /account/confirm/<path:token>": Row(400, 400, 400),
    "GET /account/confirm": Row(400, 400, 400),
    "POST /account/confirm": Row(400, 400, 400, {"number": "{wish}"}),
    "GET /account/keep/": Row(400, 400, 400),
    "GET /account/keep/<path:token>": Row(400, 400, 400),
    "GET /account/keep": Row(400, 400, 400),
    "POST /account/keep": Row(400, 400, 400, {"number": "{id}", **SURE}),
    "GET /index": Row(200, 200, 303),
    "GET /": Row(200, 200, 303),
    "POST /index": Row(303, 303, 403, {"post": "Good morning, @{alice}!", "once": "{alice} 1"}),
    "POST /": Row(303, 303, 403, {"post": "Good morning, @{alice}!", "once": "{alice} 1"}),
    "GET /explore": Row(200, 200, 303),
    "GET /tag/<tag>": Row(200, 200, 303),
    "GET /post/<number>": Row(200, 200, 303),
    "POST /post/<number>/delete": Row(303, 403, 303),
    "POST /post/<number>/restore": Row(303, 404, 303),
    "POST /follow/<username>": Row(303, 303, 303),
    "POST /unfollow/<username>": Row(303, 303, 303),
    "GET /user/<username>": Row(200, 200, 303),
    "GET /user/<username>/followers": Row(200, 200, 303),
    "GET /user/<username>/following": Row(200, 200, 303),
    "GET /avatar/<username>": Row(200, 200, 404),
    "GET /edit_profile": Row(200, 200, 303),
    "POST /edit_profile": Row(303, 422, 403, {"username": "{alice}", "about_me": "Gone fishing"}),
    "GET /healthz": Row(200, 200, 200),
    "GET /healthz/worker": Row(503, 503, 503),
    "GET /metrics": Row(200, 200, 200),
    "GET /register": Row(303, 303, 200),
    "POST /register": Row(422, 422, 422, {"username": "{alice}", "email": "{me}.too@example.com", **CHOSEN}),
    "GET /register/finish/": Row(410, 410, 410),
    "GET /register/finish/<path:token>": Row(410, 410, 410),
    "GET /register/finish": Row(410, 410, 410),
    "POST /register/finish": Row(410, 410, 410, {"username": "{alice}", "password": "{password}", "sign_up": "1"}),
    "GET /login": Row(303, 303, 200),
    "POST /login": Row(303, 422, 422, {"username": "{alice}", "password": "{password}"}),
    "POST /logout": Row(303, 303, 303),
    "GET /reset_password_request": Row(200, 200, 200),
    "POST /reset_password_request": Row(303, 303, 303, {"email": "{alice}"}),
    "GET /check-email": Row(303, 303, 303),
    "POST /check-email": Row(303, 303, 303, {"email": "{alice}"}),
    "GET /reset_password/": Row(400, 400, 400),
    "GET /reset_password/<path:token>": Row(400, 400, 400),
    "GET /reset_password": Row(400, 400, 400),
    "POST /reset_password": Row(400, 400, 400, CHOSEN),
    "GET /.well-known/change-password": Row(303, 303, 303),
    "GET /robots.txt": Row(200, 200, 200),
    "GET /favicon.ico": Row(303, 303, 303),
    "GET /.well-known/security.txt": Row(200, 200, 200),
    "GET /manifest.webmanifest": Row(200, 200, 200),
    "GET /not-me/": Row(400, 400, 400),
    "GET /not-me/<path:token>": Row(400, 400, 400),
    "GET /not-me": Row(400, 400, 400),
    "POST /not-me": Row(400, 400, 400, {"change": "1", **SURE}),
    "GET /account/recovery-codes": Row(200, 200, 303),
    "POST /account/recovery-codes": Row(200, 200, 303, PROVEN),
    "GET /account/recovery-codes/end": Row(200, 200, 303),
    "POST /account/recovery-codes/end": Row(303, 303, 303, PROVEN),
    "GET /recovery_code": Row(200, 200, 200),
    "POST /recovery_code": Row(303, 422, 422, {"username": "{alice}", "code": "{code}", **CHOSEN}),
    "GET /account/second-address": Row(200, 200, 303),
    "POST /account/second-address": Row(422, 422, 303, {**PROVEN, "email": "{me}.two@example.com"}),
    "GET /account/second-address/remove": Row(200, 200, 303),
    "POST /account/second-address/remove": Row(303, 303, 303, PROVEN),
    "GET /account/second-address/confirm/": Row(400, 400, 400),
    "GET /account/second-address/confirm/<path:token>": Row(400, 400, 400),
    "GET /account/second-address/confirm": Row(400, 400, 400),
    "POST /account/second-address/confirm": Row(400, 400, 400),
    "GET /account/review": Row(200, 200, 303),
    "POST /account/review": Row(303, 303, 303, {**PROVEN, "backup": "y"}),
    "POST /account/review/mine": Row(303, 303, 303),
    "GET /account/letters": Row(200, 200, 303),
    "POST /account/letters": Row(303, 303, 303, {"followed": "y"}),
    "GET /unsubscribe/": Row(400, 400, 400),
    "GET /unsubscribe/<path:token>": Row(400, 400, 400),
    "POST /unsubscribe/<path:token>": Row(400, 400, 400, {"List-Unsubscribe": "One-Click"}),
    "GET /admin/": Row(404, 404, 404),
    "GET /admin/mail": Row(404, 404, 404),
    "GET /admin/mail/<number>": Row(404, 404, 404),
    "POST /admin/mail/<number>/retry": Row(404, 404, 404),
    "POST /admin/mail/<number>/drop": Row(404, 404, 404),
    "POST /admin/mail/held/release": Row(404, 404, 404),
    "POST /admin/mail/held/drop": Row(404, 404, 404),
    "GET /admin/letters": Row(404, 404, 404),
    "GET /admin/letters/<name>": Row(404, 404, 404),
    "GET /admin/letters/<name>/html": Row(404, 404, 404),
    "GET /admin/events": Row(404, 404, 404),
    "GET /admin/members": Row(404, 404, 404),
    "GET /admin/members/<username>": Row(404, 404, 404),
    "GET /admin/members/<username>/set-email": Row(404, 404, 404),
    "POST /admin/members/<username>/set-email": Row(404, 404, 404, {**PROVEN, "email": "{me}.set@example.com"}),
    "GET /admin/members/<username>/<action>": Row(404, 404, 404),
    "POST /admin/members/<username>/<action>": Row(404, 404, 404, PROVEN),
    "GET /mailbox": Row(200, 200, 200),
    "GET /mailbox/<key>": Row(404, 404, 404),
    "GET /mailbox/<key>/html": Row(404, 404, 404),
}
"""Every address by every method.

303 sends a stranger to sign in, and others on, as after a form of one's own; 422 is a form with something wrong in it;
400 and 410 are pages behind a letter's link, without that link; the mailbox and figures are open in a trial alone.
"""
CHANGES = {
    "POST /",
    "POST /account/address",
    "POST /account/delete",
    "POST /account/letters",
    "POST /account/logins/<number>/end",
    "POST /account/password",
    "POST /account/recovery-codes",
    "POST /account/recovery-codes/end",
    "POST /account/review",
    "POST /account/second-address/remove",
    "POST /edit_profile",
    "POST /index",
    "POST /login",
    "POST /logout",
    "POST /post/<number>/delete",
    "POST /post/<number>/restore",
    "POST /recovery_code",
    "POST /unfollow/<username>",
}
"""Forms by which Alice changes what is hers, by the very words that change nothing of it from the others."""
LEFT_OUT = {"GET /static/<path:filename>": "files of the program, the same for everybody, and nobody's"}


@pytest.fixture(scope="module")
def site(each_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """The site on each database, where nobody delivers: the letters lie there."""
    with ExitStack() as stack:
        site = RunningSite(tmp_path_factory.mktemp("neighbours"), each_url, ENVIRON)
        stack.callback(site.stop)
        yield site.start(deliver=False)


def doors(site: RunningSite) -> list[str]:
    """Every method of every address."""
    return [
        f"{method} {rule.rule}"
        for rule in site.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - (SAFE - {"GET"}))
    ]


def ask(neighbours: Neighbours, person: Person, door: str, fields: dict[str, str]) -> TestResponse:
    """Knock at a door, with what is Alice's in its address and form, and what is the person's own."""
    method, _, rule = door.partition(" ")
    known = {**neighbours.hers, **person.knows}
    whom = "{carol}" if rule in FOLLOWS else "{alice}"
    path = ARGUMENT.sub(lambda found: ARGUMENTS.get(rule, whom if found[1] == "username" else "a.b.c"), rule)
    sent = {**HERS, **fields}
    return person.ask(method, path.format(**known), {name: typed.format(**known) for name, typed in sent.items()})


def test_every_address_has_its_row_and_every_row_its_address(site: RunningSite) -> None:
    assert set(doors(site)) == TABLE.keys() | LEFT_OUT.keys()
    assert not TABLE.keys() & LEFT_OUT.keys()


@pytest.mark.parametrize("door", TABLE)
def test_nobody_but_the_owner_sees_or_changes_what_is_hers(site: RunningSite, door: str) -> None:
    row, neighbours = TABLE[door], move_in(site)
    before = neighbours.rows()
    strangers = ask(neighbours, neighbours.stranger, door, row.fields)
    others = ask(neighbours, neighbours.other, door, row.fields)
    assert neighbours.rows() == before
    assert [shown for shown in neighbours.private if shown in others.text] == []
    assert [shown for shown in neighbours.private + neighbours.for_members if shown in strangers.text] == []
    owners = ask(neighbours, neighbours.owner, door, row.fields)
    statuses = owners.status_code, others.status_code, strangers.status_code
    assert statuses == (row.owner, row.other, row.stranger)
    assert door not in CHANGES or neighbours.rows() != before


def test_she_has_something_of_everything_and_sees_it_so_that_these_checks_could_find_it(site: RunningSite) -> None:
    neighbours = move_in(site)
    rows = {row.partition(" ")[0] for row in neighbours.owner.theirs()}
    assert rows == {table.name for table, _ in owned()}
    ask(neighbours, neighbours.owner, "POST /post/<number>/restore", {})
    seen = "".join(ask(neighbours, neighbours.owner, door, {}).text for door in TABLE if door.startswith("GET "))
    assert [one for one in neighbours.private + neighbours.for_members if one not in seen] == []

"""Anything at all, sent to every form there is; in the test's own process, for there is much of it."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from flask.testing import FlaskClient
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from security.town import READER, Town
from support.dump import Dump, dump
from support.pictures import plain, png_head
from support.places import Form, forms_in, places, walk
from support.running import NEW_PASSWORD, PASSWORD

GOOD = (
    "alice bobby carol dave nobody alice@example.com nobody@example.com 1 0 -1 y on 999999999999999999999 true",
    PASSWORD,
    NEW_PASSWORD,
)
NASTY = (
    *(b"", b"\0", b"\r\n", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", "\u2028\u202e\ufeff".encode(), b"a" * 5000),
    *(
        "é".encode() * 700,
        "e\u0301".encode() * 900,
        b"%00%ff",
        b"' OR 1=1 --",
        b"<script>alert(1)</script>",
        b"{{7*7}}",
    ),
    *(b"a@b", b"@", b'"a b"@example.com', "a@b\u00fccher.example".encode(), b"a@" + b"b." * 120, "٣٣٣".encode()),
    *(b"//evil.example", b"javascript:alert(1)", b"../../etc/passwd", b"$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YQ"),
)
PICTURE = plain(8, 8)
VALUES = (
    st.sampled_from([*GOOD[0].encode().split(), *(words.encode() for words in GOOD[1:])])
    | st.sampled_from([*NASTY, PICTURE, PICTURE[:60], png_head(50_000, 50_000)])
    | st.binary(max_size=40)
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
FITTING = {"username": "nobody", "email": "nobody@example.com", "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
"""What to type into fields by their names, or by their kinds."""
MORE_NAMES = ("csrf_token", "next", "account_id", "id", "is_admin", "email_key", "password_hash", "username", "email")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain")
MORE_KINDS = ("application/json", "application/x-www-form-urlencoded; charset=utf-16", "\xff/\xfe; a=", "", "image/png")


@dataclass(frozen=True)
class Sent:
    """One request's body, as bytes, and what it is said to be."""

    body: bytes
    kind: str


@dataclass
class Door:
    """A form, and whose browser it is sent from."""

    who: str
    form: Form
    token: str = field(repr=False)

    def names(self) -> list[str]:
        """Its fields, and some that it does not have."""
        return sorted({*self.form.kinds, *MORE_NAMES})


def well_filled(door: Door, but: set[str]) -> list[tuple[str, bytes, bool]]:
    """A form filled in as somebody would who means it, but for some fields."""
    typed = {
        name: (door.form.filled.get(name) or FITTING.get(name) or FITTING.get(kind, "y")).encode()
        for name, kind in door.form.kinds.items()
        if name not in but
    }
    files = {name for name in typed if door.form.kinds[name] == "file"}
    return [(name, PICTURE if name in files else value, name in files) for name, value in typed.items()]


def urlencoded(fields: list[tuple[str, bytes, bool]]) -> Sent:
    """A form as most are sent."""
    return Sent("&".join(f"{name}={quote_from_bytes(value)}" for name, value, _ in fields).encode(), KINDS[0])


def multipart(fields: list[tuple[str, bytes, bool]]) -> Sent:
    """A form in parts, some of them files."""
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (name.encode(), b'; filename="a.txt"' if is_file else b"", value)
        for name, value, is_file in fields
    ]
    return Sent(b"".join(parts) + b"--x--\r\n", KINDS[1])


def as_json(fields: list[tuple[str, bytes, bool]]) -> Sent:
    """The same as JSON."""
    return Sent(json.dumps({name: value.decode("latin-1") for name, value, _ in fields}).encode(), "application/json")


@st.composite
def requests(draw: st.DrawFn, doors: list[Door]) -> tuple[Door, Sent]:
    """Draw a form, and what to send it: any of its fields, none, once or twice, as text or as a file, in any shape."""
    door = draw(st.sampled_from(doors))
    names = st.sampled_from(door.names())
    fields = draw(st.lists(st.tuples(names, VALUES, st.booleans()), max_size=8))
    if draw(st.booleans()):
        fields = well_filled(door, {name for name, _, _ in fields if draw(st.booleans())}) + fields
    if draw(st.integers(0, 9)):
        fields = [("csrf_token", door.token.encode(), False), *fields]
    shape = draw(st.sampled_from([urlencoded, urlencoded, urlencoded, multipart, multipart, as_json, None, None]))
    if shape:
        return door, shape(fields)
    garbage = draw(st.binary(max_size=200) | JSON.map(lambda some: json.dumps(some).encode()))
    return door, Sent(garbage, draw(st.sampled_from([*KINDS, *MORE_KINDS])))


class Range:
    """A town whose forms are shot at. What a shot changed is undone before the next."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.app = town.site.app
        self.doors = doors_of(town)
        self._cookies = {who: [(one.name, str(one.value)) for one in v.jar] for who, v in town.people.items()}
        self._live = Path(str(town.site.database.engine.url.database))
        self._kept = self._live.with_name("kept.db")
        self._look = sqlite3.connect(self._live)
        self.before: Dump = dump(town.site.database)
        copy(self._live, self._kept)
        self._version = self._live_version()

    def client(self, who: str) -> FlaskClient:
        """Return somebody's browser as it was in the beginning."""
        client = self.app.test_client()
        for name, value in self._cookies[who]:
            client.set_cookie(name, value, domain="localhost")
        return client

    def send(self, door: Door, sent: Sent) -> TestResponse:
        """Send a form."""
        base = self.town.site.base
        given: dict[str, Any] = {"method": door.form.method, "base_url": base, "buffered": True}
        if door.form.method == "GET":
            return self.client(door.who).open(door.form.path, query_string=sent.body.decode("latin-1"), **given)
        return self.client(door.who).open(door.form.path, data=sent.body, content_type=sent.kind, **given)

    def after(self) -> Dump:
        """Return what the database holds now, and put it back as it was."""
        if self._live_version() == self._version:
            return self.before
        now = dump(self.town.site.database)
        if now != self.before:
            copy(self._kept, self._live)
        self._version = self._live_version()
        return now

    def close(self) -> None:
        """Look at it no longer."""
        self._look.close()

    def _live_version(self) -> int:
        """Return a number that is another once somebody has changed the database."""
        number: int = self._look.execute("PRAGMA data_version").fetchone()[0]
        return number


def copy(one: Path, other: Path) -> None:
    """Make a database file hold what another does, while it is open elsewhere."""
    with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(other)) as copied:
        copied.execute("PRAGMA synchronous=OFF")
        source.backup(copied)


def doors_of(town: Town) -> list[Door]:
    """Find every form that anybody in town is shown, one of each kind. Letters are opened by who is known to."""
    found: dict[tuple[str, str, str], Door] = {}
    rules = town.site.app.url_map.bind("localhost")
    start = [place.path for place in places(town.site.app, {"username": "carol"}) if "GET" in place.methods]
    opened = [link.removeprefix(town.site.base) for link in town.links]
    for who, visitor in town.people.items():
        for page in walk(visitor, start + opened if who == READER else start, past="/mailbox").values():
            for form in forms_in(page):
                try:
                    endpoint, _ = rules.match(form.path, form.method)
                except HTTPException:
                    continue
                token = form.filled.get("csrf_token", "")
                found.setdefault((who, endpoint, " ".join(sorted(form.kinds))), Door(who, form, token))
    return list(found.values())

"""Every place on the site, found in the site itself, so that a page nobody told these tests of is tried too."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask

from support.visitor import Answer, Visitor

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ARGUMENT = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")
SAMPLES = {
    "action": "sign-out",
    "filename": "css/base.css",
    "name": "reset_password",
    "number": "1",
    "token": "a.b.c",
}
ADDRESS = re.compile(r'<(?:a|link|script|img|iframe|form|button)\b[^>]*?\b(?:href|src|action|formaction)="([^"]*)"')
MOST_PAGES = 200  # that a walk along links visits; far more than there are kinds of them


@dataclass(frozen=True)
class Place:
    """One rule of the site's map, with a sample in place of each of its arguments."""

    endpoint: str
    rule: str
    path: str
    methods: frozenset[str]

    @property
    def changes(self) -> frozenset[str]:
        """The methods that may change something."""
        return self.methods - SAFE


@dataclass(frozen=True)
class Form:
    """One form of a page: where it goes, and its fields as they stand there, the kind of each among them."""

    path: str
    method: str
    filled: dict[str, str]
    kinds: dict[str, str]


class Forms(HTMLParser):
    """Reads the forms of a page as a browser would send them by the first button, with nothing typed."""

    def __init__(self, page: Answer) -> None:
        super().__init__()
        self.page = page
        self.found: list[Form] = []
        self._inside = False
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or add a field to the one that is open."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            method = given.get("method", "get").upper()
            self.found.append(Form(urlsplit(urljoin(self.page.url, given.get("action", ""))).path, method, {}, {}))
        elif self._inside and tag in ("input", "textarea", "select", "button") and (name := given.get("name")):
            kind = given.get("type", tag)
            self.found[-1].kinds[name] = kind
            if kind not in ("checkbox", "radio") or any(attr == "checked" for attr, _ in attrs):
                self.found[-1].filled[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """End a form."""
        self._inside = self._inside and tag != "form"


def forms_in(page: Answer) -> list[Form]:
    """Return the forms of a page."""
    return Forms(page).found


def places(app: Flask, samples: Mapping[str, str] | None = None) -> list[Place]:
    """Return the whole map. `samples` stand for arguments by name; one nobody knows becomes 1."""
    known = {**SAMPLES, **(samples or {})}
    return [
        Place(
            rule.endpoint,
            rule.rule,
            ARGUMENT.sub(lambda found: known.get(found[1], "1"), rule.rule),
            frozenset(rule.methods or ()),
        )
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    ]


def addresses_in(answer: Answer) -> list[str]:
    """Return all that a page links to, loads, frames or sends forms to, as whole addresses."""
    return [urljoin(answer.url, unescape(found)) for found in ADDRESS.findall(answer.text)]


def on_site(address: str, base: str) -> str | None:
    """Return the path of an address on this site, and None for any other."""
    if not address.startswith(f"{base}/"):
        return None
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def walk(visitor: Visitor, start: Iterable[str], *, past: str = "") -> dict[str, Answer]:
    """Visit pages and all they link to, by GET; return the answers by path, but for those that begin with `past`."""
    found: dict[str, Answer] = {}
    waiting = list(dict.fromkeys(start))
    while waiting and len(found) < MOST_PAGES:
        path = waiting.pop(0)
        if path not in found and not (past and path.startswith(past)):
            found[path] = answer = visitor.get(path)
            linked = (on_site(address, visitor.base) for address in addresses_in(answer))
            waiting += [path for path in linked if path and path not in found]
    return found

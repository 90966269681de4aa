"""What holds for every answer, whoever asks, for whatever, however: the map of the site is walked, and its links."""

import re
from collections.abc import Iterator

import pytest

from microblog.web.protection.security import MAY_BE_KEPT
from security.town import BOATS, MEMBERS, Town
from support.places import SAFE, Place, addresses_in, on_site, places, walk
from support.visitor import Answer

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NONE_OF = ("camera", "geolocation", "microphone", "payment", "usb")
STRICT = dict.fromkeys(("default-src", "object-src", "base-uri", "frame-ancestors"), "'none'")
STRICT |= dict.fromkeys(("script-src", "style-src", "img-src", "form-action"), "'self'")
FRAMED = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'self'"}
FRAMES = {"mailbox.show_html", "admin_letters.show_html"}
"""The HTML of a letter, which our own pages show in a frame; nothing else may be framed by anybody."""
PICTURES = {"profiles.avatar"}
PICTURE = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "sandbox": ""}
"""A picture may be an SVG, which somebody may open by itself: nothing in it may do anything."""
TOO_LARGE = b"csrf_token=x&about_me=" + b"x" * 70_000
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "TRACE")
Asked = tuple[str, str, Place, Answer]


def asked(town: Town) -> Iterator[Asked]:
    """Ask everybody's question at every place, by every method, known there or not."""
    key = town.letters[0]
    for who, visitor in town.people.items():
        for place in places(town.site.app, {"key": key, "username": "carol"}):
            for method in METHODS if who == "a member" else METHODS[:3]:
                body = TOO_LARGE if method == "POST" else None
                yield who, method, place, visitor.ask(method, place.path, body, follow=False)


@pytest.fixture(scope="module")
def answers(town: Town) -> list[Asked]:
    """All of them."""
    return list(asked(town))


def test_everything_is_tried(answers: list[Asked]) -> None:
    assert {200, 303, 400, 404, 405, 410, 413} <= {answer.status for _, _, _, answer in answers}
    assert {place.path for _, _, place, answer in answers if answer.status >= 500} <= {"/healthz/worker"}
    seen = {place.endpoint for _, method, place, answer in answers if method == "GET" and answer.status in (200, 303)}
    by_letter = {place.endpoint for _, _, place, _ in answers if "token" in place.rule}
    everything = {place.endpoint for _, _, place, _ in answers if "GET" in place.methods}
    assert everything - seen - by_letter <= NOT_SEEN_WELL


NOT_SEEN_WELL = {"health.worker"}
"""Pages that answer nobody in town as they should: nobody delivers here any more."""


def test_letters_lead_to_living_pages(town: Town) -> None:
    opened = {town.site.visitor().get(link).status for link in town.links}
    assert {200, 410} <= opened <= {200, 403, 410}


def test_every_answer_carries_the_headers_of_safety(answers: list[Asked]) -> None:
    for who, method, place, answer in answers:
        what = f"{method} {place.path} by {who}: {answer.status}"
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, what
        assert all(f"{name}=()" in answer.headers["Permissions-Policy"] for name in NONE_OF), what
        assert answer.headers["Content-Type"] or not answer.text, what
        assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers), what


def test_every_answer_has_the_strict_policy_and_a_framed_letter_a_stricter_one(answers: list[Asked]) -> None:
    for who, method, place, answer in answers:
        what = f"{method} {place.path} by {who}: {answer.status}"
        rules = policy(answer)
        if place.endpoint in FRAMES and answer.status == 200 and method in ("GET", "HEAD"):
            assert FRAMED.items() <= rules.items(), what
            assert rules["sandbox"] in ("", "allow-top-navigation-by-user-activation"), what
            assert not {"script-src", "connect-src"} & rules.keys(), what
        elif place.endpoint in PICTURES and answer.status == 200 and method in ("GET", "HEAD"):
            assert PICTURE.items() <= rules.items(), what
            assert not {name for name in rules if name.endswith("-src") and rules[name] != "'none'"}, what
        else:
            assert STRICT.items() <= rules.items(), what
            assert "unsafe" not in answer.headers["Content-Security-Policy"], what


def policy(answer: Answer) -> dict[str, str]:
    """The content policy, by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_nothing_is_kept_by_browsers_but_static_files_which_give_no_cookie(answers: list[Asked]) -> None:
    for who, method, place, answer in answers:
        what = f"{method} {place.path} by {who}: {answer.status}"
        if place.endpoint in MAY_BE_KEPT and answer.status == 200:
            assert "Set-Cookie" not in answer.headers, what
        else:
            assert answer.headers["Cache-Control"] == "no-store", what


def test_whoever_is_signed_in_finds_the_way_out_in_the_head_of_every_page(answers: list[Asked]) -> None:
    seen = 0
    for who, method, place, answer in answers:
        page = answer.headers["Content-Type"] == "text/html; charset=utf-8" and place.endpoint not in FRAMES
        if who in MEMBERS and method == "GET" and answer.status == 200 and page:
            head = answer.text.partition("<main")[0]
            assert '<form method="post" action="/logout">' in head, f"{place.path} by {who}"
            seen += 1
    assert seen > 40


def test_a_redirect_stays_on_this_site(answers: list[Asked], town: Town) -> None:
    for who, method, place, answer in answers:
        if where := answer.headers["Location"]:
            assert re.match(r"/(?![/\\])", where) or on_site(where, town.site.base), f"{method} {place.path} by {who}"


def test_no_method_but_those_of_a_page_does_anything(answers: list[Asked]) -> None:
    for who, method, place, answer in answers:
        if method not in place.methods:
            allowed_elsewhere = any(
                method in other.methods and other.path == place.path for _, _, other, _ in answers if other != place
            )
            assert allowed_elsewhere or answer.status in (400, 404, 405, 413), f"{method} {place.path} by {who}"


def test_no_page_has_a_script_or_a_style_in_it_or_fetches_anything_from_elsewhere(town: Town) -> None:
    for who, visitor in town.people.items():
        seen = walk(visitor, [place.path for place in places(town.site.app) if "GET" in place.methods])
        for path, answer in seen.items():
            text = re.sub(r"<pre.*?</pre>", "", answer.text, flags=re.DOTALL)
            if "html" not in answer.headers["Content-Type"] or "sandbox" in answer.headers["Content-Security-Policy"]:
                continue
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text), (who, path)
            away = {address for address in addresses_in(answer) if not on_site(address, town.site.base)}
            assert away <= {BOATS}, (who, path)
            assert answer.text.count(f'"{BOATS}"') == answer.text.count(
                f'<a href="{BOATS}" rel="nofollow noopener ugc">'
            )


def test_the_answers_to_head_and_get_are_alike(answers: list[Asked]) -> None:
    got = {(who, place): answer for who, method, place, answer in answers if method == "GET"}
    for who, method, place, answer in answers:
        if method == "HEAD":
            other = got[who, place]
            assert answer.status == other.status, f"{place.path} by {who}"
            assert answer.text == ""
            kept = set(other.headers.keys()) - {"Date", "Set-Cookie", "Content-Length"}
            assert kept <= set(answer.headers.keys()), f"{place.path} by {who}"


def test_safe_methods_are_told_apart(town: Town) -> None:
    assert all(place.methods & SAFE == {"OPTIONS"} for place in places(town.site.app) if place.changes)

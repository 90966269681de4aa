"""Looking changes nothing, and neither does a form without its token, from elsewhere, or too large. Anywhere."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from security.town import Town
from support.dump import Dump, changed, dump
from support.places import Place, addresses_in, forms_in, places, walk
from support.running import NEW_PASSWORD, PASSWORD
from support.visitor import Answer, Visitor

WRITE_BEHIND = {
    "logins.seen_at": "when a login was last used; decides nothing but when one that lies idle ends",
    "reset_link_opened": "each opening of a link is noted, as is each refusal; nothing is undone or made by it",
    "reset_link_refused": "the same",
}
"""What looking may leave behind, columns and kinds of event, and why that is no change."""
FIELDS = {
    "username": "bobby",
    "email": "nobody@example.com",
    "password": PASSWORD,
    "password2": PASSWORD,
    "new_password": PASSWORD,
    "current_password": NEW_PASSWORD,
    "code": "1",
    "sure": "y",
}
"""Good values for what forms are known to ask for."""
THERE = {"username": "carol", "number": "1"}
"""Somebody whom a member does not follow yet, and the number of a post of theirs and of a login elsewhere."""
Post = Callable[[Visitor, Place], Answer]


def holds(town: Town) -> Dump:
    """All that the database holds, but for what looking may leave behind."""
    return dump(town.site.database, but=WRITE_BEHIND, but_events=WRITE_BEHIND)


def test_looking_at_anything_changes_nothing_for_anybody(each_town: Town) -> None:
    before = holds(each_town)
    start = [place.path for place in places(each_town.site.app, {"key": each_town.letters[0]})]
    for who, visitor in each_town.people.items():
        walk(visitor, [*start, *each_town.links], past="" if who == "an admin" else "/mailbox")
        for path in (*start, *each_town.links):
            visitor.ask("HEAD", path)
    assert changed(before, holds(each_town)) == {}
    assert each_town.people["a member"].signed_in_as() == "bobby"


def test_a_scanner_that_opens_every_link_and_presses_every_button_without_typing_changes_nothing(
    each_town: Town,
) -> None:
    before, living = in_force(each_town), alive(each_town)
    for link in each_town.links:
        if "/unsubscribe/" in link:  # its button ends letters that are news, by RFC 8058 whoever presses it
            continue
        scanner = each_town.site.visitor(**{"User-Agent": "Scanner/1.0"})
        scanner.ask("HEAD", link)
        page = scanner.get(link)
        for address in addresses_in(page):
            scanner.get(address)
        for form in forms_in(page):
            scanner.ask(form.method, form.path, urlencode(form.filled).encode())
    assert changed(before, in_force(each_town)) == {}
    assert alive(each_town) == living
    assert any("/reset_password/" in link for link in living)


def in_force(town: Town) -> Dump:
    """All that the database holds but that somebody tried: a form that was sent empty may be counted and noted."""
    return {name: rows for name, rows in holds(town).items() if name not in ("allowances", "events")}


def alive(town: Town) -> set[str]:
    """The links of letters that open something."""
    return {link for link in town.links if town.site.visitor().get(link).status == 200}


def refused(answer: Answer) -> bool:
    """Tell whether nothing was done: it says so, there is no such page, or there is for members alone."""
    to_sign_in = answer.status == 303 and answer.headers["Location"].startswith("/login")
    return answer.status in (400, 403, 404, 410) or to_sign_in


def without(visitor: Visitor, place: Place) -> Answer:
    """Send a form without its token."""
    return visitor.post(place.path, FIELDS, follow=False)


def anothers(visitor: Visitor, place: Place) -> Answer:
    """Send it with a token that is good in another browser."""
    other = Visitor(visitor.base)
    token = other.token_in(other.get("/login"))
    return visitor.post(place.path, {**FIELDS, "csrf_token": token}, follow=False)


def token_of(visitor: Visitor) -> str:
    """The token that is good in this browser."""
    page = visitor.get("/reset_password_request")
    return visitor.token_in(page)


def from_elsewhere(visitor: Visitor, place: Place) -> Answer:
    """Send it with its token from a page of another site."""
    body = urlencode({**FIELDS, "csrf_token": token_of(visitor)}).encode()
    return visitor.ask("POST", place.path, body, follow=False, headers={"Origin": "https://evil.example"})


def in_the_address(visitor: Visitor, place: Place) -> Answer:
    """Send it with the token where links can put it."""
    return visitor.post(f"{place.path}?csrf_token={token_of(visitor)}", FIELDS, follow=False)


@pytest.mark.parametrize("send", [without, anothers, from_elsewhere, in_the_address])
def test_a_form_without_its_own_token_does_nothing_anywhere(each_town: Town, send: Post) -> None:
    before = holds(each_town)
    doors = [place for place in places(each_town.site.app, THERE) if place.changes]
    assert len(doors) >= 8
    for who, visitor in each_town.people.items():
        for place in doors:
            answer = send(visitor, place)
            assert refused(answer), f"{place.path} by {who}: {answer.status} {answer.title}"
    assert changed(before, holds(each_town)) == {}
    assert each_town.people["a member"].signed_in_as() == "bobby"


def test_a_form_that_is_too_large_does_nothing_anywhere(each_town: Town) -> None:
    before = holds(each_town)
    for who, visitor in each_town.people.items():
        good = token_of(visitor)
        for place in places(each_town.site.app, THERE):
            if place.changes:
                answer = visitor.post(place.path, {**FIELDS, "csrf_token": good, "more": "x" * 70_000}, follow=False)
                assert answer.status == 413 or refused(answer), f"{place.path} by {who}"
    assert changed(before, holds(each_town)) == {}


def test_these_checks_see_a_change_where_there_is_one(each_town: Town) -> None:
    before = holds(each_town)
    each_town.site.visitor().submit("/reset_password_request", email="nobody@example.com")
    assert set(changed(before, holds(each_town))) == {"allowances", "outbox"}

"""Every button of the site pressed twice: the second press is answered as the first was."""

from dataclasses import replace

from werkzeug.exceptions import HTTPException

from security.town import READER, Town
from support.places import Form, forms_in, places, walk
from support.running import NEW_PASSWORD, PASSWORD
from support.visitor import Answer, Visitor

TYPED = {
    "current_password": NEW_PASSWORD,
    "sure": "y",
    "post": "Said once.",
    "about_me": "Sails.",
    "to": "bobby@example.com",
}
"""What is typed on any page; other fields stay as they are shown."""
NAMES = {"an admin": "carol", "a member": "bobby"}
PASSWORDS = {"carol": PASSWORD, "bobby": NEW_PASSWORD}
LAST = (
    "move_link.press",
    "account_address.change",
    "account_password.change",
    "account_delete.delete",
)
"""What changes more than its own page shows."""
OF_ITS_OWN = {
    "accounts.login_post": {"username": "carol", "password": PASSWORD},
    "accounts.register_post": {
        "username": "grace",
        "email": "grace@example.com",
        "password": PASSWORD,
        "password2": PASSWORD,
    },
    "recovery.request_post": {"email": "nobody@example.com"},
    "sign_up_link.press": {"password": PASSWORD},
    "account_password.change": {"password": "six quiet lamps", "password2": "six quiet lamps"},
    "account_address.change": {"email": "other@example.com"},
    "account_review.remove": {"backup": "y"},
    "admin_member_actions.email": {"email": "alice.new@example.com"},
}
"""What has to be typed on one page alone."""
ELSEWHERE = {
    "recovery_codes.code_post": "needs a code: tests/web/test_double_press.py",
    "reset_link.press": "ends what the other links are for: tests/web/test_double_press.py",
    "not_me_link.press": "locks bobby's account: tests/web/test_double_press.py",
    "take_back_link.press": "the same, of erin's",
    "second_address.name_post": "is there only until the link is pressed: tests/web/test_double_press.py",
    "second_address.remove_post": "is refused to bobby, who was recovered today",
}
"""What is pressed twice in another test, and why not here."""
Found = dict[str, tuple[str, str, Form]]


def every_form(town: Town) -> Found:
    """One form for each view that answers one: who sees it, and on which page."""
    adapter = town.site.app.url_map.bind("localhost")
    start = [
        place.path
        for place in places(town.site.app, {"key": town.letters[0], "username": "alice"})
        if "GET" in place.methods
    ]
    found: Found = {}
    for who in ("an admin", "a member", READER, "a stranger"):
        visitor = town.people[who]
        for path, answer in walk(visitor, [*town.links, *start], past="/mailbox").items():
            for form in forms_in(answer):
                try:
                    endpoint = adapter.match(form.path, method=form.method)[0] if form.method == "POST" else ""
                except HTTPException:
                    continue
                if endpoint and endpoint not in found:
                    found[endpoint] = who, path, form
    return found


def in_order(found: set[str]) -> list[str]:
    """The views, those that change the most last."""
    return sorted(found, key=lambda endpoint: (LAST.index(endpoint) if endpoint in LAST else -1, endpoint))


def browser_of(town: Town, who: str) -> Visitor:
    """A new browser of somebody, signed in where they are members."""
    name, visitor = NAMES.get(who), town.site.visitor()
    if name:
        visitor.sign_in(name, PASSWORDS[name])
        assert visitor.signed_in_as() == name
    return visitor


def press_twice(visitor: Visitor, path: str, wanted: Form, typed: dict[str, str]) -> tuple[Answer, Answer]:
    """Open the page again, fill its form in, and press twice before the first answer is taken in."""
    page = visitor.get(path)
    form = next((one for one in forms_in(page) if one.path == wanted.path), None)
    if form is None:  # a notice, with its button, is shown once
        fresh = next(one for one in forms_in(page) if "form_id" in one.filled).filled
        form = replace(wanted, filled={**wanted.filled, **{name: fresh[name] for name in ("csrf_token", "form_id")}})
    fields = form.filled | {name: value for name, value in typed.items() if name in form.kinds}
    early = Visitor(visitor.base, visitor.headers)
    for cookie in visitor.jar:
        early.jar.set_cookie(cookie)
    return early.post(form.path, fields, follow=False), visitor.post(form.path, fields, follow=False)


def test_every_form_of_the_site_answers_a_second_press_as_the_first(town: Town) -> None:
    found = every_form(town)
    rules = {rule.endpoint for rule in town.site.app.url_map.iter_rules() if rule.methods and "POST" in rule.methods}
    assert rules - set(found) - set(ELSEWHERE) == set(), "a form that no page shows here"
    failed: list[str] = []
    for endpoint in in_order(set(found) - set(ELSEWHERE)):
        who, path, form = found[endpoint]
        name = NAMES.get(who, "")
        typed = {**TYPED, "current_password": PASSWORDS.get(name, PASSWORD), **OF_ITS_OWN.get(endpoint, {})}
        first, second = press_twice(browser_of(town, who), path, form, typed)
        if endpoint == "account_password.change":
            PASSWORDS[name] = typed["password"]
        if first.status not in (200, 303) or (first.headers["Location"] or "").startswith("/login?"):
            failed.append(f"{endpoint} by {who} at {path}: {first.status} {first.words[:300]}")
        if (first.status, first.headers["Location"]) != (second.status, second.headers["Location"]):
            failed.append(f"{endpoint} by {who}, pressed again: {second.status} {second.words[:300]}")
    assert not failed, "\n".join(failed)

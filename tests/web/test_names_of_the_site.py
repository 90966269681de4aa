"""Usernames that would be taken for the site itself, and those that a program would cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from microblog.identity import Account
from microblog.registration.models import SignUp
from microblog.web.pages import pages_of
from support.community import add_member
from support.members import member
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Visitor

HOST = "blog.localhost"


@pytest.fixture
def there(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site at an address of its own."""
    running = RunningSite(tmp_path / "data", database_url, {"PUBLIC_URL": f"http://{HOST}:5000"}).start()
    yield running
    running.stop()


def visitor(site: RunningSite) -> Visitor:
    return site.visitor(Host=HOST)


def test_nobody_signs_up_as_the_site(there: RunningSite) -> None:
    for name in (HOST, "BLOG-localhost", "the.blog.localhost", "b1og.localhost-admin"):
        fields = {"username": name, "email": "another@example.com", "password": PASSWORD, "password2": PASSWORD}
        answer = visitor(there).submit("/register", follow=True, **fields)
        assert (answer.status, "is taken" in answer.words) == (422, True), name
    with there.database.reading() as db:
        assert not db.scalars(select(SignUp)).all()


def test_nor_by_the_other_username_a_sign_up_is_finished_with(there: RunningSite) -> None:
    browser = visitor(there)
    fields = {"username": "alice", "email": "another@example.com", "password": PASSWORD, "password2": PASSWORD}
    browser.submit("/register", follow=True, **fields)
    add_member(there.database, "alice")  # who was faster, so that another username is asked for
    link = link_in(there.letters(1)[0].text).replace(f"http://{HOST}:5000", there.base)
    for name, why in ((HOST, "is taken"), ("alice.", "end with a dot")):
        refused = browser.submit(link, username=name)
        assert (refused.status, why in refused.words) == (422, True)
    with there.database.reading() as db:
        assert db.scalars(select(Account.username)).all() == ["alice"]


def test_nor_is_anybody_renamed_to_it_and_who_has_it_keeps_it(site: RunningSite) -> None:
    alice = member(site, "alice")
    for name, why in (("localhost.", "end with a dot"), ("the-admin", "is taken"), (".bob", "end with a dot")):
        refused = alice.submit("/edit_profile", username=name, about_me="")
        assert (refused.status, why in refused.words) == (422, True), name
    with site.database.writing() as db:
        db.execute(update(Account).values(username="alice.", username_key="alice."))
    for name in ("alice.", "Alice."):
        assert "Your profile is saved" in alice.submit("/edit_profile", username=name, about_me="Hello").words


def test_a_link_to_a_member_whose_name_ends_with_a_dot_survives_the_end_of_a_line(site: RunningSite) -> None:
    alice = member(site, "alice")
    with site.database.writing() as db:
        db.execute(update(Account).values(username="alice.", username_key="alice."))
    link = pages_of(site.settings.public_url).member("alice.")
    assert link == f"{site.base}/user/alice%2E"
    assert alice.get(link).title == "alice."
    assert pages_of(site.settings.public_url).member("a.b") == f"{site.base}/user/a.b"

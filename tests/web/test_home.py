"""The pages at fixed addresses: /, /index; and what a home shows."""

from sqlalchemy import event

from support import community
from support.members import member
from support.running import PASSWORD, RunningSite
from web.writing import press, say, shown, texts


def test_home_is_for_members_under_both_its_addresses(site: RunningSite) -> None:
    member = site.sign_up("alice")
    for path in ("/", "/index"):
        asked = member.get(path, follow=False)
        assert (asked.status, asked.headers["Location"]) == (303, "/login")
    member.sign_in("alice", PASSWORD)
    for path in ("/", "/index"):
        page = member.get(path)
        assert (page.status, page.title) == (200, "Hi, alice!")


def test_a_home_has_ones_own_posts_and_those_of_whom_one_follows_newest_first(site: RunningSite) -> None:
    alice, bob, carol = (member(site, name) for name in ("alice", "bob", "carol"))
    press(alice, "/follow/bob")
    for who, text in ((alice, "mine"), (bob, "yours"), (carol, "hers")):
        say(who, text)
    assert texts(alice.get("/index")) == ["yours", "mine"]
    press(alice, "/unfollow/bob")
    assert texts(alice.get("/index")) == ["mine"]


def test_an_empty_home_says_what_to_do_next_and_whom_to_follow(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    alone = alice.get("/index")
    assert "Your home is still empty" in alone.words
    assert "Whom to follow" not in alone.words
    say(bob, "is anybody here?")
    page = alice.get("/index")
    assert "Whom to follow bob no followers yet Follow bob" in page.words
    assert 'action="/follow/bob"' in page.text
    page = alice.post("/follow/bob", {"csrf_token": alice.token_in(page), "back": "/index"})
    assert (page.path, texts(page)) == ("/index", ["is anybody here?"])
    assert "Whom to follow" not in page.words


def test_what_begins_at_a_position_has_no_composer_but_the_way_to_it(site: RunningSite) -> None:
    alice = member(site, "alice")
    for path in ("/index?older=20", "/index?newer=1", "/index?older=1"):
        page = alice.get(path)
        assert page.status == 200
        assert "<textarea" not in page.text
        assert "Go to the newest, and write a post" in page.words


def test_a_home_asks_the_database_three_times_at_most_the_login_included(site: RunningSite) -> None:
    alice, _ = member(site, "alice"), member(site, "bob")
    press(alice, "/follow/bob")
    for number in range(21):
        community.say(site.database, 2, f"post {number}")
    asked: list[str] = []
    event.listen(site.database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2]))
    page = alice.get("/index")
    questions = [question for question in asked if question.lstrip().startswith(("SELECT", "WITH"))]
    assert len(shown(page)) == 20
    assert 1 < len(questions) <= 3, questions

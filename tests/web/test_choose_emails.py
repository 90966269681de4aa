"""/account/letters: a member chooses which letters to get."""

from microblog.subscriptions import Choices, choices_of
from support.members import member
from support.running import RunningSite
from support.visitor import Answer

PATH = "/account/letters"


def ticked(page: Answer) -> list[str]:
    boxes = ("followed", "mentioned", "digest")
    return [name for name in boxes if f'name="{name}" value="y" checked' in page.text]


def test_everything_is_ticked_until_something_else_is_chosen(site: RunningSite) -> None:
    page = member(site, "alice").get(PATH)
    assert page.title == "Letters"
    assert ticked(page) == ["followed", "mentioned", "digest"]
    assert "Letters about your account always come" in page.words


def test_what_is_chosen_stays_and_can_be_chosen_back(site: RunningSite) -> None:
    alice = member(site, "alice")
    saved = alice.submit(PATH, mentioned="y")
    assert saved.path == PATH
    assert "Saved." in saved.words
    assert ticked(saved) == ["mentioned"]
    assert ticked(alice.submit(PATH)) == []
    assert ticked(alice.submit(PATH, followed="y", mentioned="y", digest="y")) == ["followed", "mentioned", "digest"]


def test_it_is_ones_own_choice_alone(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    alice.submit(PATH)
    assert ticked(bob.get(PATH)) == ["followed", "mentioned", "digest"]
    with site.database.reading() as db:
        assert choices_of(db, 2) == Choices()


def test_a_stranger_is_asked_to_sign_in(site: RunningSite) -> None:
    assert site.visitor().get(PATH).path == "/login"


def test_a_form_from_elsewhere_changes_nothing(site: RunningSite) -> None:
    alice = member(site, "alice")
    assert alice.post(PATH, {}).status == 400
    assert ticked(alice.get(PATH)) == ["followed", "mentioned", "digest"]

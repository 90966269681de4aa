"""Editing one's profile: what is refused, that nothing typed is lost, and that all is changed or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from microblog import profiles
from microblog.audit import EventType
from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.profiles import Portrait
from microblog.profiles.models import Avatar
from microblog.web.protection.security import LARGEST_FORM
from support.letters import letter_to
from support.members import member
from support.pictures import plain, png_head, saved
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor
from web.uploading import edit, send

FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture
def quiet(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site that delivers no letters."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def shown(site: RunningSite, username: str) -> Portrait | None:
    with site.database.reading() as session:
        return profiles.profile_of(session, username)


def test_a_profile_is_changed_and_shown(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    page = edit(alice, plain(), username="Alicia", about_me="I paint.")
    assert (page.status, page.path) == (200, "/user/Alicia")
    assert "Your profile is saved. Links to your former username lead here." in page.words
    found = shown(quiet, "Alicia")
    assert found
    assert (found.username, found.about, bool(found.uploaded)) == ("Alicia", "I paint.", True)
    form = alice.get("/edit_profile")
    assert form.value_of("username") == "Alicia"
    assert ">\nI paint.</textarea>" in form.text


def test_a_new_username_leaves_its_owner_signed_in_everywhere_and_signs_in(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    elsewhere = quiet.visitor()
    elsewhere.sign_in("alice", PASSWORD)
    edit(alice, username="alicia")
    assert alice.signed_in_as() == elsewhere.signed_in_as() == "alicia"
    for name in ("alicia", "Alice"):
        assert quiet.visitor().sign_in(name, PASSWORD).title == "Hi, alicia!"
    with quiet.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 4
        assert session.scalar(select(Event.device).where(Event.kind == EventType.USERNAME_CHANGED)) is not None


def test_a_username_is_changed_so_often_a_day_and_other_words_any_time(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    for username in ("Alice", "alice") * 5:
        assert edit(alice, username=username).status == 200
    page = edit(alice, username="Alice", about_me="I paint.")
    assert (page.status, page.headers["Retry-After"], page.title) == (429, "8640", "Edit profile")
    assert (page.value_of("username"), ">\nI paint.</textarea>" in page.text) == ("Alice", True)
    assert edit(alice, about_me="I row.").status == 200
    quiet.clock.move(hours=2.5)
    assert edit(alice, username="Alice").path == "/user/Alice"


def test_a_reset_asked_for_by_the_former_username_brings_its_owner_back_in(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    alice.sign_in("alice", PASSWORD)
    edit(alice, username="alicia")
    somewhere = site.visitor()
    somewhere.submit("/reset_password_request", email="alice")
    letter = letter_to(site, "alice@example.com", "Reset Your Password").text
    assert "Dear alicia," in letter
    somewhere.submit(link_in(letter), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert somewhere.sign_in("alicia", NEW_PASSWORD).title == "Hi, alicia!"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no username": ({"username": ""}, "Please type a username."),
    "short": ({"username": "ab"}, "3 to 64 characters"),
    "long": ({"username": "x" * 65}, "3 to 64 characters"),
    "signs": ({"username": "<script>"}, "letters a to z, digits, dots, hyphens and underscores"),
    "control": ({"username": "al\0ice"}, "characters in it that cannot be used here"),
    "taken": ({"username": "BOB"}, "The username BOB is taken."),
    "formerly taken": ({"username": "Robert"}, "The username Robert is taken."),
    "of the site": ({"username": "Adm1n"}, "The username Adm1n is taken."),
    "long about": ({"about_me": "y" * 141}, "at most 140 characters; this has 141"),
    "long families": ({"about_me": FAMILY * 141}, "at most 140 characters; this has 141"),
    "unreadable about": ({"about_me": "a" + "\u0301" * 100}, "cannot be kept or read"),
    "no picture": ({"upload": b"MZ\x90 this is a program"}, "cannot read this file as a picture"),
    "empty file": ({"upload": b""}, "cannot read this file as a picture"),
    "svg": ({"upload": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "filename": "me.png"}, "JPEG, PNG or WebP"),
    "bomb": ({"upload": png_head(50_000, 50_000)}, "this one has 50,000 by 50,000"),
    "wide": ({"upload": plain(10_000, 40)}, "this one has 10,000 by 40"),
    "broken off": ({"upload": plain(400, 400)[:200]}, "damaged or not complete"),
    "large": ({"upload": plain() + bytes(5 * 1024 * 1024)}, "5 MB at most"),
}


def refused(visitor: Visitor, case: str) -> Answer:
    given = {"username": "alicia", "about_me": "I paint.", **REFUSED[case][0]}
    return edit(visitor, **given)


def test_what_is_refused_changes_nothing_is_said_at_its_field_and_keeps_what_was_typed(quiet: RunningSite) -> None:
    alice, bob = member(quiet, "alice"), member(quiet, "robert")
    edit(bob, username="bob")
    before = shown(quiet, "alice")
    for case, (given, words) in REFUSED.items():
        page = refused(alice, case)
        assert (page.status, page.title) == (422, "Edit profile"), case
        assert words in page.words, case
        field = "avatar" if "upload" in given else next(iter(given))
        assert f'id="{field}-wrong"' in page.text, case
        if "about_me" not in given:
            assert ">\nI paint.</textarea>" in page.text, case
        if "username" not in given:
            assert page.value_of("username") == "alicia", case
        assert shown(quiet, "alice") == before, case
        assert shown(quiet, "alicia") is None, case


def test_a_picture_is_known_by_its_content_and_not_by_its_name(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    assert edit(alice, plain(kind="JPEG"), "../../etc/passwd.exe").status == 200
    found = shown(quiet, "alice")
    assert found
    assert found.uploaded


def test_a_picture_of_some_megabytes_is_taken_in(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    photo = saved(Image.effect_noise((2000, 1500), 90), "JPEG", quality=95)
    assert 2 * 1024 * 1024 < len(photo) < 5 * 1024 * 1024
    assert "Your profile is saved." in edit(alice, photo).words


def test_a_body_that_is_far_too_large_is_refused_on_the_page_before_it_is_read(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    edit(alice, about_me="I paint.")
    page = edit(alice, bytes(7 * 1024 * 1024))
    assert (page.status, page.title) == (413, "Edit profile")
    assert "A picture may have 5 MB at most." in page.words
    assert ">\nI paint.</textarea>" in page.text


def test_every_other_form_stays_as_small_as_it_was(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    for path in ("/login", "/register", "/reset_password_request", "/logout"):
        assert alice.post(path, {"username": "x" * LARGEST_FORM}).status == 413


def test_words_alone_cannot_be_that_large(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    assert edit(alice, about_me="x" * 100_000).status == 422
    assert edit(alice, about_me="x" * 300_000).status == 413


def test_a_picture_is_removed_by_a_tick(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    assert 'name="remove_avatar"' not in alice.get("/edit_profile").text
    edit(alice, plain())
    assert 'name="remove_avatar"' in alice.get("/edit_profile").text
    edit(alice)
    assert (found := shown(quiet, "alice"))
    assert found.uploaded
    edit(alice, remove_avatar="y")
    with quiet.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Avatar)) == 0


def test_a_form_of_another_site_changes_nothing(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    for token in ({}, {"csrf_token": "forged"}):
        page = send(alice, {"username": "mallory", "about_me": "", **token}, plain())
        assert page.status == 400
        assert "Nothing was changed." in page.words
    assert shown(quiet, "mallory") is None


def test_pictures_cannot_be_sent_without_end(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    answers = [edit(alice, b"no picture").status for _ in range(21)]
    assert answers == [422] * 20 + [429]
    assert edit(alice, about_me="Words are no pictures.").status == 200


def test_a_member_edits_nobodys_profile_but_their_own(quiet: RunningSite) -> None:
    """There is no field that names an account: whatever is sent along is not read."""
    member(quiet, "alice")
    bob = member(quiet, "bob")
    edit(bob, about_me="By Bob", account_id="1", user="alice")
    assert (found := shown(quiet, "alice"))
    assert found.about == ""


BODIES = (
    ("application/x-www-form-urlencoded", b"%&=&&=%zz&\xff=\xfe"),
    ("application/x-www-form-urlencoded", b"username=al%ED%A0%80ice&about_me=%FF"),
    ("application/x-www-form-urlencoded", b"username=alicia&about_me=%00&avatar=text"),
    ("text/plain", b"username=alicia"),
    ("application/json", b'{"username": {"a": 5}}'),
    ("multipart/form-data", b"--x\r\n\r\n--x--"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
    ("multipart/form-data; boundary=x", b"--x\r\n" * 300),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="about_me"; filename="a"\r\n\r\nb\r\n--x--',
    ),
    ("", b""),
)


def test_a_body_of_another_kind_breaks_nothing_and_changes_nothing(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    before = shown(quiet, "alice")
    token = alice.token_in(alice.get("/edit_profile"))
    for kind, body in BODIES:
        answer = alice.ask("POST", "/edit_profile", body, headers={"Content-Type": kind, "X-CSRFToken": token})
        assert answer.status in (400, 413, 422), (kind, body[:40], answer.words)
        assert answer.title, (kind, body[:40])
        assert shown(quiet, "alice") == before
    assert shown(quiet, "alicia") is None

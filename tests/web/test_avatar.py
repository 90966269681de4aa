"""Pictures as they are sent: to whom, as what, and how long they are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from support.members import member
from support.pictures import plain, saved, shown
from support.running import RunningSite
from web.test_edit_profile import shown as portrait
from web.uploading import edit, fetch


@pytest.fixture
def quiet(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site that delivers no letters."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def test_who_uploaded_none_has_a_drawn_picture_that_can_do_nothing(quiet: RunningSite) -> None:
    sent = fetch(member(quiet, "alice"), "/avatar/ALICE")
    assert (sent.status, sent.headers["Content-Type"]) == (200, "image/svg+xml")
    assert sent.content.startswith(b"<svg")
    assert sent.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert sent.headers["Content-Security-Policy"].endswith("sandbox")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"


def test_an_uploaded_picture_is_sent_as_what_it_is(quiet: RunningSite) -> None:
    alice, bob = member(quiet, "alice"), member(quiet, "bob")
    edit(alice, plain(kind="JPEG"))
    sent = fetch(bob, "/avatar/alice")
    assert (sent.status, sent.headers["Content-Type"]) == (200, "image/webp")
    assert shown(sent.content).size == (256, 256)
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_browser_asks_whether_it_is_still_the_same_and_is_told_in_few_bytes(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    for upload in (None, plain()):
        edit(alice, upload)
        first = fetch(alice, "/avatar/alice")
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = fetch(alice, "/avatar/alice", **{"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.content) == (304, b"")
    edit(alice, saved(Image.new("RGB", (64, 64), (0, 200, 0))))
    changed = fetch(alice, "/avatar/alice", **{"If-None-Match": first.headers["ETag"]})
    assert changed.status == 200
    assert changed.content != first.content


def test_an_address_that_names_the_content_is_kept_for_ever_by_the_browser_alone(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    edit(alice, plain())
    found = portrait(quiet, "alice")
    assert found
    assert f'src="/avatar/alice?v={found.uploaded}"' in alice.get("/user/alice").text
    assert (
        fetch(alice, f"/avatar/alice?v={found.uploaded}")
        .headers["Cache-Control"]
        .startswith("private, max-age=31536000")
    )
    assert fetch(alice, "/avatar/alice?v=another").headers["Cache-Control"] == "private, no-cache"


def test_the_former_username_shows_the_same_picture(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    edit(alice, plain(), username="alicia")
    assert fetch(alice, "/avatar/alice").content == fetch(alice, "/avatar/alicia").content


def test_strangers_get_no_pictures_and_learn_of_no_members(quiet: RunningSite) -> None:
    alice = member(quiet, "alice")
    edit(alice, plain())
    stranger = quiet.visitor()
    there, not_there = stranger.get("/avatar/alice"), stranger.get("/avatar/nobody")
    assert (there.status, not_there.status) == (404, 404)
    assert there.words == not_there.words.replace("nobody", "alice")
    assert there.headers["Cache-Control"] == not_there.headers["Cache-Control"] == "no-store"
    assert alice.get("/avatar/nobody").status == 404

"""Whatever a member sends where one posts, pages, deletes and follows, the answer is in the site's own words."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.members import member
from support.running import RunningSite
from support.visitor import Answer, Visitor

OFF = dict.fromkeys(("LIMIT_POSTS_PER_MEMBER", "LIMIT_FOLLOWS_PER_MEMBER"), "off")
SEVERAL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NASTY = st.sampled_from(
    [
        *(
            b"",
            b"\0",
            b"\r\n" * 99,
            b"\xff\xfe",
            b"\xed\xa0\x80",
            "\u202e\u2066".encode(),
            b"x" * 600,
            "é".encode() * 700,
        ),
        *(b"<script>", b"{{7*7}}", b"@alice", b"@" * 99, b"#" * 99, b"https://[", b"http://x" * 60, b"javascript:x"),
    ]
)
VALUE = st.one_of(NASTY, st.binary(max_size=40), st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")))
FIELDS = st.lists(st.tuples(st.sampled_from(["post", "once", "back", "csrf_token"]), VALUE), max_size=6)


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Visitor]:
    """A member who may do as much as she likes."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    site = RunningSite(folder, f"sqlite:///{path}", OFF).start(deliver=False)
    yield member(site, "alice")
    site.stop()


def in_its_own_words(answer: Answer) -> bool:
    """Tell whether this is a page of ours, and no fault of ours."""
    own = answer.headers["X-Content-Type-Options"] == "nosniff" and (
        answer.status in (301, 303, 308) or answer.title != ""
    )
    return own and answer.status in (200, 301, 303, 308, 400, 403, 404, 405, 410, 413, 422)


@pytest.mark.parametrize("path", ["/index", "/post/1/delete", "/post/1/restore", "/follow/alice", "/unfollow/alice"])
def test_nothing_in_a_form_breaks_the_site_or_its_home(alice: Visitor, path: str) -> None:
    token = alice.token_in(alice.get("/index")).encode()

    @given(FIELDS)
    @SEVERAL
    def send(fields: list[tuple[str, bytes]]) -> None:
        body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in [("csrf_token", token), *fields])
        assert in_its_own_words(alice.ask("POST", path, body.encode(), follow=False))

    send()
    for page in ("/index", "/explore"):
        assert alice.get(page).status == 200


@given(st.binary(max_size=30))
@SEVERAL
def test_no_address_breaks_the_site(alice: Visitor, end: bytes) -> None:
    for start in ("/post/", "/tag/", "/index?older=", "/explore?newer=", "/tag/tea?older=", "/follow/"):
        assert in_its_own_words(alice.ask("GET", start + quote_from_bytes(end, safe=""), follow=False))

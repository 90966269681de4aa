"""Where signing in leads to: always to this site, whatever `next` holds, by a browser's own reading of addresses."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import request
from hypothesis import example, given, settings
from hypothesis import strategies as st

from microblog.clock import system_clock
from microblog.db import Database
from microblog.settings import load
from microblog.web import create_app
from microblog.web.current_member import safe_next
from microblog.web.redirects import see_other
from support.running import RunningSite

Chosen = Callable[[str], tuple[str, str]]

BASE = "http://localhost:5000"
EVIL = "evil.example"
PIECES = st.sampled_from(
    [
        *("/", "//", "\\", "/\\", "\t", "\n", "\r", " ", "\0", "\x0b", "\x85", "\u2028", "\u3000", "%2f", "%5c", "%09"),
        *("@", ":", "?", "#", ".", "..", "/.//", ";", "http:", "https:", "http://", "HTTPS://", "javascript:", "data:"),
        *(
            EVIL,
            f"//{EVIL}",
            "localhost:5000",
            BASE,
            "\uff0f",
            "\u2044",
            "\uff3c",
            "e\u0301",
            "index",
            "\u202e",
            "[::1]",
        ),
    ]
)
WANTED = st.one_of(
    st.lists(PIECES, max_size=7).map("".join), st.text(max_size=30), st.text(max_size=20).map("/{}".format)
)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chosen]:
    """Returns where the site decides to go on to for what was wanted, and the Location it then sends."""
    folder = tmp_path_factory.mktemp("site")
    database = Database(f"sqlite:///{folder / 'never opened.db'}")
    app = create_app(load({"MICROBLOG_DATA": str(Path(folder))}), database, system_clock)

    def ask(wanted: str) -> tuple[str, str]:
        with app.test_request_context("/login", base_url=BASE):
            where = safe_next(wanted)
            return where, see_other(where).get_wsgi_headers(request.environ)["Location"]

    yield ask
    database.close()


def leads_to(location: str) -> str:
    """Return the scheme and host a browser ends up at, by https://url.spec.whatwg.org/#url-parsing as far as needed."""
    text = re.sub(r"[\t\n\r]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):(/*)(.*)", text, re.DOTALL)
    if scheme and (scheme[1].lower() != "http" or scheme[2]):
        return f"{scheme[1].lower()}://{re.split('[/?#]', scheme[3])[0]}"
    if text.startswith("//"):
        return f"http://{re.split('[/?#]', text.lstrip('/'))[0]}"
    return BASE


@given(wanted=WANTED)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("\x01//evil.example")
@example(f"{BASE}/index")
@example(f"{BASE}@{EVIL}/")
@settings(max_examples=1500, deadline=None)
def test_no_next_leads_off_this_site(chosen: Chosen, wanted: str) -> None:
    where, sent = chosen(wanted)
    assert (leads_to(where), leads_to(sent)) == (BASE, BASE)
    assert sent.startswith("/")
    assert sent.isascii()
    assert not re.search(r"[\s\x00-\x1f]", sent)


@pytest.mark.parametrize("wanted", ["/user/alice", "/index?page=2#top", "/user/%C3%A9"])
def test_a_page_of_this_site_is_led_to(chosen: Chosen, wanted: str) -> None:
    assert chosen(wanted) == (wanted, wanted)


@pytest.mark.parametrize("wanted", ["/" + "a" * 2000, "/" + "\u0430" * 400, "/?" + "%F0" * 700])
def test_what_is_too_long_for_the_head_of_an_answer_leads_home(chosen: Chosen, wanted: str) -> None:
    assert chosen(wanted) == ("/index", "/index")
    assert chosen(wanted[:300])[0] == wanted[:300]


@pytest.mark.parametrize("wanted", ["a" * 5000, "%F0%9F%98%80" * 400])
def test_a_stranger_at_an_overlong_address_is_sent_to_sign_in_by_a_short_one(site: RunningSite, wanted: str) -> None:
    answer = site.visitor().get(f"/explore?older={wanted}", follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")
    short = site.visitor().get("/explore?older=7", follow=False).headers["Location"]
    assert short == "/login?next=/explore?older%3D7"
